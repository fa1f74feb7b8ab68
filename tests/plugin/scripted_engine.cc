// SPDX-License-Identifier: GPL-3.0-or-later
// Stands in for the engine inside GIMP, whose plug-ins no test can hand a new environment: the file
// $PENTIMENTO_SCRIPT/mode says what the next run does, $PENTIMENTO_SCRIPT/log says what the runs did.
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "engine.h"

namespace {

std::string folder() {
  const char* path = std::getenv("PENTIMENTO_SCRIPT");
  return path ? path : ".";
}

std::string mode() {
  std::string word;
  std::ifstream(folder() + "/mode") >> word;
  return word;
}

void log(const std::string& line) { std::ofstream(folder() + "/log", std::ios::app) << line << std::endl; }

void log_run(const PentimentoJob& job) {
  std::string line = std::string("run ") + job.method + " " + std::to_string(job.inputs[0].width) + "x" +
                     std::to_string(job.inputs[0].height);
  for (size_t i = 0; i < job.n_options; ++i) {
    const PentimentoOption& option = job.options[i];
    line += std::string(" ") + option.name + "=" +
            (option.text ? option.text : std::to_string(std::llround(option.number)));
  }
  log(line);
}

/// Ten seconds of estimates that come out of grey; what Stop and Keep hands back is recognisable by its one colour.
PentimentoStatus run_slowly(const PentimentoJob& job) {
  constexpr int kReports = 200;
  const PentimentoPicture& in = job.inputs[0];
  std::vector<float> samples(static_cast<size_t>(in.width) * in.height * in.channels);
  PentimentoPicture estimate = in;
  estimate.data = samples.data();
  for (int i = 1; i <= kReports; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const float share = 1 - std::exp(-i / 20.0f);
    for (size_t p = 0; p < samples.size(); ++p) samples[p] = 0.5f + share * (0.5f - in.data[p]);
    const PentimentoReport report = {i, kReports, i * 0.05, (kReports - i) * 0.05, 0.05 / i + 0.002, &estimate};
    switch (job.progress(&report, job.user)) {
      case PENTIMENTO_CONTINUE:
        break;
      case PENTIMENTO_KEEP:
        log("kept");
        for (size_t p = 0; p < samples.size(); ++p) job.output->data[p] = 0.6f;
        return PENTIMENTO_OK;
      case PENTIMENTO_CANCEL:
        log("cancelled");
        return PENTIMENTO_CANCELLED;
    }
  }
  for (size_t p = 0; p < samples.size(); ++p) job.output->data[p] = 1 - in.data[p];
  log("finished");
  return PENTIMENTO_OK;
}

PentimentoStatus run(const PentimentoJob* job, PentimentoMessages* messages) {
  log_run(*job);
  const std::string what = mode();
  if (what == "fail") {
    std::strcpy(messages->error, "The scripted engine failed.");
    return PENTIMENTO_FAILED;
  }
  if (what == "slow") return run_slowly(*job);
  if (what == "notice") std::strcpy(messages->notice, "The scripted engine took a short cut.");
  const PentimentoPicture& in = job->inputs[0];
  const size_t samples = static_cast<size_t>(in.width) * in.height * in.channels;
  for (size_t i = 0; i < samples; ++i) job->output->data[i] = 1 - in.data[i];
  return PENTIMENTO_OK;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const PentimentoEngine* pentimento_engine(uint32_t) {
  static const PentimentoEngine engine = {PENTIMENTO_ENGINE_ABI, "scripted", run};
  return &engine;
}
