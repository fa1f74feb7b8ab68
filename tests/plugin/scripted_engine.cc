// SPDX-License-Identifier: GPL-3.0-or-later
// Stands in for the engine inside GIMP, whose plug-ins no test can hand a new environment: the file
// $PENTIMENTO_SCRIPT/mode says what the next run does, $PENTIMENTO_SCRIPT/log says what the runs did.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>
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
  std::ostringstream line;
  line.precision(10);
  line << "run " << job.method;
  for (size_t i = 0; i < job.n_inputs; ++i) line << " " << job.inputs[i].width << "x" << job.inputs[i].height;
  for (size_t i = 0; i < job.n_options; ++i) {
    const PentimentoOption& option = job.options[i];
    line << " " << option.name << "=";
    if (option.text)
      line << option.text;
    else
      line << option.number;
  }
  log(line.str());
}

const PentimentoOption& option(const PentimentoJob& job, const char* name) {
  static const PentimentoOption none = {"", 0, ""};
  for (size_t i = 0; i < job.n_options; ++i)
    if (!std::strcmp(job.options[i].name, name)) return job.options[i];
  return none;
}

size_t samples(const PentimentoPicture& picture) {
  return static_cast<size_t>(picture.width) * picture.height * picture.channels;
}

/// Finds one speck, from 2,2 to an eighth of the picture. `grow` makes squares of the hole's pixels.
std::vector<float> hole_of(const PentimentoJob& job) {
  const PentimentoPicture& in = job.inputs[0];
  std::vector<float> hole(static_cast<size_t>(in.width) * in.height);
  const auto is_hole = [&](int x, int y) {
    if (x < 0 || y < 0 || x >= in.width || y >= in.height) return 0.0f;
    const bool speck =
        option(job, "find-damage").number != 0 && x >= 2 && x < in.width / 8 && y >= 2 && y < in.height / 8;
    const float mask = job.n_inputs > 1 ? job.inputs[1].data[static_cast<size_t>(y) * in.width + x] : 0;
    return speck ? 1.0f : mask;
  };
  const int grow = static_cast<int>(option(job, "grow").number);
  for (int y = 0; y < in.height; ++y)
    for (int x = 0; x < in.width; ++x)
      for (int v = y - grow; v <= y + grow; ++v)
        for (int u = x - grow; u <= x + grow; ++u) {
          float& h = hole[static_cast<size_t>(y) * in.width + x];
          h = std::max(h, is_hole(u, v));
        }
  return hole;
}

void inpaint(const PentimentoJob& job) {
  const std::vector<float> hole = hole_of(job);
  const bool mask = !std::strcmp(option(job, "output").text, "mask");
  for (size_t i = 0; i < samples(*job.output); ++i) {
    const float in = job.inputs[0].data[i], h = hole[i / 3];
    job.output->data[i] = mask ? h : h > 0 ? in + h * (1 - in - in) : in;
  }
}

struct Decomposition {
  const char* method;
  std::vector<std::string> parts;  // in the order of an estimate
  std::string top, mask, bottom;
};

const Decomposition* decomposition_of(const PentimentoJob& job) {
  static const std::vector<Decomposition> all = {
      {"dehaze", {"picture", "transmission", "airlight"}, "picture", "transmission", "airlight"},
      {"separate-layers", {"layer-1", "layer-2", "mask"}, "layer-1", "mask", "layer-2"},
      {"remove-watermark", {"picture", "watermark", "mask"}, "watermark", "mask", "picture"},
      {"segment", {"mask", "foreground", "background"}, "foreground", "mask", "background"}};
  for (const Decomposition& decomposition : all)
    if (!std::strcmp(decomposition.method, job.method)) return &decomposition;
  return nullptr;
}

/// Diagonal stripes; where there is a hint they take it: none where nobody marked a watermark, and strokes as they are.
float mask_at(const PentimentoJob& job, size_t pixel) {
  const size_t width = job.inputs[0].width;
  const float stripes = static_cast<float>((pixel % width + pixel / width) % 7) / 6;
  if (job.n_inputs < 2 || job.inputs[1].channels != 1) return stripes;
  const float hint = job.inputs[1].data[pixel];
  if (!std::strcmp(job.method, "remove-watermark")) return hint * stripes;
  return hint == 0.5f ? stripes : hint;
}

/// Of a sample v with mask m: v + (1 - m) v (1 - v) above, v - m v (1 - v) below.
void decompose(const PentimentoJob& job, const std::string& part, float* to, size_t stride) {
  const Decomposition& decomposition = *decomposition_of(job);
  const size_t row = size_t{3} * job.inputs[0].width;
  for (size_t i = 0; i < samples(job.inputs[0]); ++i) {
    const float v = job.inputs[0].data[i], m = mask_at(job, i / 3);
    to[i / row * stride + i % row] = part == decomposition.mask  ? m
                                     : part == decomposition.top ? v + (1 - m) * v * (1 - v)
                                                                 : v - m * v * (1 - v);
  }
}

/// Whether this part is still to be had of the fit before.
bool is_fitted(const PentimentoJob& job) {
  static std::string last;
  static std::set<std::string> given;
  std::string fit = job.method;
  for (size_t i = 0; i < job.n_options; ++i)
    if (std::strcmp(job.options[i].name, "output") != 0)
      fit += "," + std::to_string(job.options[i].number) + (job.options[i].text ? job.options[i].text : "");
  for (size_t i = 0; i < job.n_inputs; ++i)
    fit.append(reinterpret_cast<const char*>(job.inputs[i].data), samples(job.inputs[i]) * sizeof(float));
  const std::string part = option(job, "output").text;
  const bool fitted = fit == last && !given.contains(part);
  if (!fitted) given.clear();
  last = fit;
  given.insert(part);
  return fitted;
}

/// The means of boxes, as far as these lie in the picture, rounded to 8 bits.
void shrink(const PentimentoJob& job) {
  const PentimentoPicture &in = job.inputs[0], &out = *job.output;
  const int scale = static_cast<int>(option(job, "scale").number), row = 3 * out.width;
  for (int i = 0; i < row * out.height; ++i) {
    const int x = i % row / 3 * scale, y = i / row * scale;
    const int right = std::min(x + scale, in.width), bottom = std::min(y + scale, in.height);
    double sum = 0;
    for (int v = y; v < bottom; ++v)
      for (int u = x; u < right; ++u) sum += in.data[(static_cast<size_t>(v) * in.width + u) * 3 + i % 3];
    out.data[i] = static_cast<float>(std::round(255 * sum / ((right - x) * (bottom - y))) / 255);
  }
}

/// Each pixel repeated, as far as these lie in the larger picture.
void enlarge(const PentimentoJob& job) {
  const PentimentoPicture &in = job.inputs[0], &out = *job.output;
  const int scale = static_cast<int>(option(job, "scale").number), row = 3 * out.width;
  for (int i = 0; i < row * out.height; ++i)
    out.data[i] = in.data[(static_cast<size_t>(i / row / scale) * in.width + i % row / 3 / scale) * 3 + i % 3];
}

/// Of each pixel as much is invented as red differs from the original's, and of the rest a quarter is extracted.
void trace(const PentimentoJob& job, PentimentoMessages* messages) {
  const PentimentoPicture &result = job.inputs[0], &original = job.inputs[1], &out = *job.output;
  const int factor = (result.width + original.width - 1) / original.width;
  const auto red_at = [](const PentimentoPicture& picture, int x, int y) {
    return picture.data[(static_cast<size_t>(y) * picture.width + x) * picture.channels];
  };
  for (int i = 0; i < out.width * out.height; ++i) {
    const int x = i % out.width, y = i / out.width;
    const float invented = std::abs(red_at(result, x, y) - red_at(original, x / factor, y / factor));
    const float shares[] = {(1 - invented) * 0.75f, (1 - invented) * 0.25f, invented};
    std::copy_n(shares, 3, out.data + size_t{3} * i);
  }
  const auto report = [messages](const std::string& name, double value) {
    PentimentoFigure& figure = messages->figures[messages->n_figures++];
    std::strncpy(figure.name, name.c_str(), sizeof figure.name - 1);
    figure.value = value;
  };
  const auto report_shares = [&](const std::string& of, double invented) {
    report(of + "retained", 0.75 * (1 - invented));
    report(of + "extracted", 0.25 * (1 - invented));
    report(of + "invented", invented);
  };
  for (int band = 0; band < 5; ++band) {
    const std::string of = "bands." + std::to_string(band) + ".";
    report(of + "bits", 1000 >> band);
    report_shares(of, 0.6 - 0.12 * band);
    report(of + "redundancy", 0);
  }
  report_shares("", 0.5);
}

/// What the other methods do: invert the holes, take the mean of two pictures, or invert the picture, which is enlarged
/// by repeating its pixels.
void compute(const PentimentoJob& job, PentimentoMessages* messages) {
  const PentimentoPicture &in = job.inputs[0], &out = *job.output;
  if (decomposition_of(job)) return decompose(job, option(job, "output").text, out.data, size_t{3} * out.width);
  if (!std::strcmp(job.method, "inpaint")) return inpaint(job);
  if (!std::strcmp(job.method, "rescale-down")) return shrink(job);
  if (!std::strcmp(job.method, "rescale-up")) return enlarge(job);
  if (!std::strcmp(job.method, "provenance")) return trace(job, messages);
  if (!std::strcmp(job.method, "flash-no-flash")) {
    for (size_t i = 0; i < samples(out); ++i) out.data[i] = (in.data[i] + job.inputs[1].data[i]) / 2;
    return;
  }
  const int scale = out.width / in.width, row = 3 * out.width;
  for (int y = 0; y < out.height; ++y)
    for (int x = 0; x < row; ++x)
      out.data[static_cast<size_t>(y) * row + x] =
          1 - in.data[(static_cast<size_t>(y / scale) * in.width + x / 3 / scale) * 3 + x % 3];
}

/// What the fit comes to: the output, or all parts beside each other.
std::vector<float> goal(const PentimentoJob& job, PentimentoPicture* estimate) {
  *estimate = *job.output;
  const Decomposition* decomposition = decomposition_of(job);
  if (!decomposition) return std::vector<float>(job.output->data, job.output->data + samples(*job.output));
  estimate->width *= static_cast<int>(decomposition->parts.size());
  std::vector<float> all(samples(*estimate));
  const size_t row = size_t{3} * job.output->width;
  for (size_t i = 0; i < decomposition->parts.size(); ++i)
    decompose(job, decomposition->parts[i], all.data() + i * row, row * decomposition->parts.size());
  return all;
}

/// Ten seconds of estimates that come out of grey; what Stop and Keep hands back of a whole picture is recognisable by
/// its one colour.
PentimentoStatus run_slowly(const PentimentoJob& job, PentimentoMessages* messages) {
  constexpr int kReports = 200;
  compute(job, messages);
  if (!std::strcmp(job.method, "provenance")) return PENTIMENTO_OK;
  if (decomposition_of(job) && is_fitted(job)) return PENTIMENTO_OK;
  PentimentoPicture estimate;
  const std::vector<float> end = goal(job, &estimate);
  std::vector<float> grey(end.size());
  estimate.data = grey.data();
  for (int i = 1; i <= kReports; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const float share = 1 - std::exp(-i / 20.0f);
    for (size_t p = 0; p < grey.size(); ++p) grey[p] = 0.5f + share * (end[p] - 0.5f);
    const PentimentoReport report = {i, kReports, i * 0.05, (kReports - i) * 0.05, 0.05 / i + 0.002, &estimate};
    switch (job.progress(&report, job.user)) {
      case PENTIMENTO_CONTINUE:
        break;
      case PENTIMENTO_KEEP:
        log("kept");
        if (std::strcmp(job.method, "inpaint") != 0 && !decomposition_of(job))
          std::fill_n(job.output->data, grey.size(), 0.6f);
        return PENTIMENTO_OK;
      case PENTIMENTO_CANCEL:
        log("cancelled");
        return PENTIMENTO_CANCELLED;
    }
  }
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
  if (what == "slow") return run_slowly(*job, messages);
  if (what == "notice") std::strcpy(messages->notice, "The scripted engine took a short cut.");
  compute(*job, messages);
  return PENTIMENTO_OK;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) const PentimentoEngine* pentimento_engine(uint32_t) {
  static const PentimentoEngine engine = {PENTIMENTO_ENGINE_ABI, "scripted", run};
  return &engine;
}
