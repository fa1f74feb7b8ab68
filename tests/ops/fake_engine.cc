// SPDX-License-Identifier: GPL-3.0-or-later
// Stands in for the engine: inverts the picture in no time, and misbehaves as $FAKE_ENGINE says. No Torch.
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <iomanip>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>

#include "engine.h"
#include "fake_engine.h"

#define EXPORT __attribute__((visibility("default")))

namespace {

int runs = 0;
std::string last_options;

std::string mode() {
  const char* text = std::getenv("FAKE_ENGINE");
  return text ? text : "";
}

PentimentoStatus fail(PentimentoMessages* messages, PentimentoStatus status, const char* sentence) {
  std::strncpy(messages->error, sentence, sizeof messages->error - 1);
  return status;
}

PentimentoStatus run(const PentimentoJob* job, PentimentoMessages* messages) {
  static std::mutex one_worker;  // as the real one: jobs queue
  std::lock_guard lock(one_worker);
  ++runs;
  last_options = job->method;
  for (size_t i = 0; i < job->n_options; ++i) {
    const PentimentoOption& o = job->options[i];
    std::ostringstream number;
    number << std::setprecision(12) << o.number;
    last_options += std::string(" ") + o.name + "=" + (o.text ? o.text : number.str());
  }

  const std::string how = mode();
  if (how == "bad-input") return fail(messages, PENTIMENTO_BAD_INPUT, "The fake engine dislikes this picture.");
  if (how == "no-device") return fail(messages, PENTIMENTO_NO_DEVICE, "The fake engine has no GPU.");
  if (how == "out-of-memory") return fail(messages, PENTIMENTO_OUT_OF_MEMORY, "The fake engine ran out of memory.");
  if (how == "fail") return fail(messages, PENTIMENTO_FAILED, "The fake engine failed.");
  if (how == "fail-silently") return PENTIMENTO_FAILED;

  const PentimentoPicture& in = job->inputs[0];
  const PentimentoPicture& out = *job->output;
  const size_t n = static_cast<size_t>(in.width) * in.height * in.channels;
  const int reports = how == "slow" ? 40 : 4;
  for (int i = 1; i <= reports; ++i) {
    if (how == "slow") std::this_thread::sleep_for(std::chrono::milliseconds(10));
    float dot[3] = {i / 4.0f, 0.5f, 0.25f};
    const PentimentoPicture estimate = {1, 1, 3, dot};
    const PentimentoReport report = {
        i, reports, i * 0.5, i == 1 ? -1 : (reports - i) * 0.5, 1.0 / i, i == 1 ? nullptr : &estimate};
    const PentimentoAnswer answer = job->progress ? job->progress(&report, job->user) : PENTIMENTO_CONTINUE;
    if (answer == PENTIMENTO_CANCEL) {
      job->progress(&report, job->user);  // one was under way already, as it may be from a busy engine
      return PENTIMENTO_CANCELLED;
    }
    if (answer == PENTIMENTO_KEEP) {  // recognisable: half way between the input and its inverse
      for (size_t p = 0; p < n; ++p) out.data[p] = 0.5f;
      return PENTIMENTO_OK;
    }
  }
  for (size_t p = 0; p < n; ++p) out.data[p] = 1.0f - in.data[p];
  if (how == "notice") std::strcpy(messages->notice, "The fake engine took a short cut.");
  return PENTIMENTO_OK;
}

}  // namespace

extern "C" EXPORT const PentimentoEngine* pentimento_engine(uint32_t abi) {
  static const PentimentoEngine engine = {PENTIMENTO_ENGINE_ABI, "fake", run};
  static const PentimentoEngine stranger = {PENTIMENTO_ENGINE_ABI + 1, "fake", run};
  if (mode() == "wrong-abi") return nullptr;
  if (mode() == "stranger") return &stranger;
  return abi == PENTIMENTO_ENGINE_ABI ? &engine : nullptr;
}

// For the tests: how often run() was called, and with what.
EXPORT int fake_engine_runs() { return runs; }
EXPORT const char* fake_engine_options() { return last_options.c_str(); }
