// SPDX-License-Identifier: GPL-3.0-or-later
// Stands in for the engine: does simple arithmetic in no time, and misbehaves as $FAKE_ENGINE says. No Torch.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <iomanip>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "engine.h"
#include "fake_engine.h"

#define EXPORT __attribute__((visibility("default")))

namespace {

int runs = 0;
std::string last_options;
std::vector<std::vector<float>> last_inputs;

std::string mode() {
  const char* text = std::getenv("FAKE_ENGINE");
  return text ? text : "";
}

PentimentoStatus fail(PentimentoMessages* messages, PentimentoStatus status, const char* sentence) {
  std::strncpy(messages->error, sentence, sizeof messages->error - 1);
  return status;
}

size_t samples(const PentimentoPicture& p) { return static_cast<size_t>(p.width) * p.height * p.channels; }

const PentimentoOption* option(const PentimentoJob& job, const char* name) {
  const PentimentoOption* end = job.options + job.n_options;
  const PentimentoOption* found =
      std::find_if(job.options, end, [&](const PentimentoOption& o) { return std::strcmp(o.name, name) == 0; });
  return found == end ? nullptr : found;
}

// Sets the holes to 0.25; where the mask is 0 every bit stays. Takes white pixels for damage. Without a hole it changes
// nothing and says so.
PentimentoStatus inpaint(const PentimentoJob& job, PentimentoMessages* messages) {
  const PentimentoPicture& in = job.inputs[0];
  std::vector<float> mask(samples(in) / 3);
  if (job.n_inputs > 1) std::copy_n(job.inputs[1].data, mask.size(), mask.begin());
  if (option(job, "find-damage")->number != 0)
    for (size_t p = 0; p < mask.size(); ++p)
      if (std::all_of(in.data + 3 * p, in.data + 3 * p + 3, [](float v) { return v >= 1; })) mask[p] = 1;
  if (std::all_of(mask.begin(), mask.end(), [](float m) { return m == 1; }))
    return fail(messages, PENTIMENTO_BAD_INPUT, "The fake engine sees nothing but a hole.");
  if (std::all_of(mask.begin(), mask.end(), [](float m) { return m == 0; }))
    std::strcpy(messages->notice, "The fake engine found no hole.");
  const bool show_mask = std::strcmp(option(job, "output")->text, "mask") == 0;
  for (size_t i = 0; i < samples(in); ++i) {
    const float m = mask[i / 3];
    job.output->data[i] = show_mask ? m : m == 0 ? in.data[i] : in.data[i] + (0.25f - in.data[i]) * m;
  }
  return PENTIMENTO_OK;
}

// Inverts, and repeats pixels where the output is larger than the input.
void invert(const PentimentoJob& job) {
  const PentimentoPicture &in = job.inputs[0], &out = *job.output;
  const int scale = out.width / in.width;
  for (int y = 0; y < out.height; ++y)
    for (int x = 0; x < 3 * out.width; ++x)
      out.data[size_t(y) * 3 * out.width + x] =
          1.0f - in.data[(size_t(y / scale) * in.width + x / 3 / scale) * 3 + x % 3];
}

// The means of boxes, rounded to 8 bits; the boxes at the end are smaller.
void shrink(const PentimentoJob& job) {
  const PentimentoPicture &in = job.inputs[0], &out = *job.output;
  const int scale = static_cast<int>(option(job, "scale")->number);
  for (int y = 0; y < out.height; ++y)
    for (int x = 0; x < 3 * out.width; ++x) {
      double sum = 0, n = 0;
      for (int v = y * scale; v < std::min((y + 1) * scale, in.height); ++v)
        for (int u = x / 3 * scale; u < std::min((x / 3 + 1) * scale, in.width); ++u, ++n)
          sum += in.data[(size_t(v) * in.width + u) * 3 + x % 3];
      const double mean = sum / n, rounded = std::round(mean * 255) / 255;
      out.data[size_t(y) * 3 * out.width + x] = static_cast<float>(mean < 0 || mean > 1 ? mean : rounded);
    }
}

// Repeats pixels; "other-bits" stands for a machine that computes in another way.
void enlarge(const PentimentoJob& job) {
  const PentimentoPicture &in = job.inputs[0], &out = *job.output;
  const int scale = static_cast<int>(option(job, "scale")->number);
  for (int y = 0; y < out.height; ++y)
    for (int x = 0; x < 3 * out.width; ++x)
      out.data[size_t(y) * 3 * out.width + x] = in.data[(size_t(y / scale) * in.width + x / 3 / scale) * 3 + x % 3] +
                                                (mode() == "other-bits" && x == 0 && y == 0 ? 1 / 255.0f : 0);
}

// On the way to the inverse.
void restore(const PentimentoJob& job) {
  const PentimentoPicture& in = job.inputs[0];
  const auto strength = static_cast<float>(option(job, "strength")->number);
  for (size_t i = 0; i < samples(in); ++i) job.output->data[i] = std::lerp(in.data[i], 1 - in.data[i], strength);
}

// Invented is how far red is from the original's, and a quarter of the rest is extracted. The figures go by the mean of
// that, less of it in each coarser band.
void trace(const PentimentoJob& job, PentimentoMessages* messages) {
  const PentimentoPicture &result = job.inputs[0], &original = job.inputs[1], &shares = *job.output;
  const int scale = (result.width - 1) / original.width + 1;
  double mean = 0;
  for (int y = 0; y < shares.height; ++y)
    for (int x = 0; x < shares.width; ++x) {
      const size_t p = size_t(y) * shares.width + x, from = size_t(y / scale) * original.width + x / scale;
      const float invented = std::min(std::abs(result.data[3 * p] - original.data[3 * from]), 1.0f);
      const float extracted = (1 - invented) / 4;
      float* share = shares.data + 3 * p;
      share[0] = 1 - invented - extracted, share[1] = extracted, share[2] = invented;
      mean += invented / (double(shares.width) * shares.height);
    }

  const auto add = [&](const std::string& name, double value) {
    PentimentoFigure& figure = messages->figures[messages->n_figures++];
    std::strncpy(figure.name, name.c_str(), sizeof figure.name - 1);
    figure.value = value;
  };
  const auto add_shares = [&](const std::string& where, double invented) {
    add(where + "retained", 0.75 * (1 - invented));
    add(where + "extracted", 0.25 * (1 - invented));
    add(where + "invented", invented);
  };
  const std::string maker = option(job, "made-by")->text;
  const bool known = maker == "inpaint" || maker == "super-resolution";
  const bool seeds = option(job, "seeds")->number > 0;
  for (int n = 0; n < 5; ++n) {
    const std::string band = "bands." + std::to_string(n) + ".";
    add(band + "bits", 5 - n);
    add_shares(band, mean / (n + 1));
    add(band + "redundancy", -0.5);
    if (maker.starts_with("restore-")) add_shares(band + "paths.", 0.125);
    if (known) add(band + "null_energy", 0.25);
    if (seeds) add(band + "seed_std", 0.01);
  }
  add_shares("", mean / 2);
  if (known) add("null_energy", 0.25);
  if (known) add("consistency", mode() == "disagree" ? 20 : 0.5);
  if (seeds) add("seed_std", mode() == "disagree" ? 20 : 0.5);
  add("redundancy", mode() == "disagree" ? 1 : -0.5);
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

  last_inputs.clear();
  for (size_t i = 0; i < job->n_inputs; ++i)
    last_inputs.emplace_back(job->inputs[i].data, job->inputs[i].data + samples(job->inputs[i]));

  const std::string how = mode();
  if (how == "bad-input") return fail(messages, PENTIMENTO_BAD_INPUT, "The fake engine dislikes this picture.");
  if (how == "no-device") return fail(messages, PENTIMENTO_NO_DEVICE, "The fake engine has no GPU.");
  if (how == "out-of-memory") return fail(messages, PENTIMENTO_OUT_OF_MEMORY, "The fake engine ran out of memory.");
  if (how == "fail") return fail(messages, PENTIMENTO_FAILED, "The fake engine failed.");
  if (how == "fail-silently") return PENTIMENTO_FAILED;

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
      std::fill_n(job->output->data, samples(*job->output), 0.5f);
      return PENTIMENTO_OK;
    }
  }
  const std::string method = job->method;
  if (method == "inpaint") return inpaint(*job, messages);
  if (method == "flash-no-flash") {
    std::copy_n(job->inputs[1].data, samples(*job->output), job->output->data);
    return PENTIMENTO_OK;
  }
  if (method == "rescale-down")
    shrink(*job);
  else if (method == "rescale-up")
    enlarge(*job);
  else if (method == "restore")
    restore(*job);
  else if (method == "provenance")
    trace(*job, messages);
  else
    invert(*job);
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
EXPORT size_t fake_engine_input(size_t index, const float** samples) {
  if (index >= last_inputs.size()) return 0;
  *samples = last_inputs[index].data();
  return last_inputs[index].size();
}
