// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/dehaze.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "errors.h"
#include "imaging/haze.h"
#include "imaging/joint_estimate.h"
#include "imaging/pictures.h"
#include "imaging/resample.h"
#include "methods/decomposition.h"
#include "methods/haze_fit.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kSmallestSide = 16;  // below it there is no haze to tell from the scene
// Of the version that airlight and transmission are found on: of a frame, and of all frames.
constexpr int64_t kSmallPixels = 300'000, kAllSmallPixels = 30'000'000;
constexpr int64_t kRadius = 20;  // there, of the filter that carries the transmission to the picture
constexpr double kFlat = 1e-3;
// How much haze, the mean of 1 - t, a picture must hold to be changed at all, and to be changed wholly.
constexpr double kNoHaze = 0.06, kHaze = 0.14;
// Of the fit in the transmission: its errors are larger than those of the envelope, but other ones.
constexpr double kShareOfFit = 0.25;
constexpr int64_t kBytesPerPixel = 3300;  // of the fit
constexpr double kMoreForFrames = 0.25;   // iterations for each further frame, of those for one

struct Wish {
  double strength, keep;
  Tensor airlight;  // undefined: to be found
  int64_t frames;
  std::string output;
};

Wish read_wish(const Options& options) {
  Wish wish;
  wish.strength = options.real("strength", 1, 0, 1);
  wish.keep = options.real("keep-some-haze", 0.1, 0, 1);
  const bool find = options.integer("find-airlight", 1, 0, 1) == 1;
  std::vector<float> color;
  for (const char* name : {"airlight-red", "airlight-green", "airlight-blue"})
    color.push_back(static_cast<float>(options.real(name, 0.875, 0, 1)));
  if (!find) wish.airlight = torch::tensor(color).view({1, 3, 1, 1});
  wish.frames = options.integer("frames", 1, 1, 1000);
  wish.output = options.choice("output", "picture", {"picture", "transmission", "airlight"});
  return wish;
}

HazeFitOptions fit_options(const FitSettings& settings, int64_t frames) {
  HazeFitOptions options;
  if (settings.quality == "best") options = {300, 480 * 360, 32};
  const double more = 1 + kMoreForFrames * static_cast<double>(frames - 1);
  options.iterations = std::llround(more * static_cast<double>(options.iterations));
  if (settings.iterations > 0) options.iterations = settings.iterations;
  options.seed = settings.seed;
  return options;
}

Parts parts_of(const Tensor& frames, const Tensor& transmission, const Tensor& airlight, const Wish& wish) {
  // The haze that is kept, most of it far away (He et al. 2009, equation 12).
  const Tensor removed = wish.keep > 0 ? 1 - (1 - wish.keep) * (1 - transmission) : transmission;
  Tensor clear = scene_behind(frames, removed, airlight);
  if (wish.strength < 1) clear = torch::lerp(frames, clear, wish.strength);
  const Tensor t = as_strip(transmission);
  return {
      {"picture", as_strip(clear)}, {"transmission", t}, {"airlight", airlight.expand({1, 3, t.size(2), t.size(3)})}};
}

class Dehazing {
 public:
  Dehazing(Task& task, FitSettings& settings, const Wish& wish) : task_(task), settings_(settings), wish_(wish) {}

  Parts operator()(const Tensor& frames) {
    const Tensor small = fit_within(frames, std::min(kSmallPixels, kAllSmallPixels / frames.size(0)));
    Haze haze = {small, {}, wish_.airlight.defined() ? wish_.airlight : find_airlight(small)};
    haze.transmission = transmission_envelope(small, least_transmission(small, haze.airlight));
    // With less haze than a clear picture seems to hold, everything would only become darker.
    const double amount = 1 - haze.transmission.mean().item<double>();
    const double changed = std::clamp((amount - kNoHaze) / (kHaze - kNoHaze), 0.0, 1.0);
    haze.transmission = 1 - changed * (1 - haze.transmission);
    task_.monitor->show(small_parts(haze));
    if (settings_.quality != "fast" || settings_.iterations > 0) haze.transmission = fitted(haze);
    const Parts parts = parts_of(frames, carried(haze, frames), haze.airlight, wish_);
    task_.notice = settings_.resources.notice;
    if (task_.notice.empty() && changed < 0.5)
      task_.notice = _("There is hardly any haze in this picture: it was left nearly as it is.");
    return parts;
  }

 private:
  Tensor small_parts(const Haze& haze) const {
    return side_by_side(parts_of(haze.picture, haze.transmission, haze.airlight, wish_));
  }

  Tensor fitted(const Haze& haze) {
    HazeFitOptions options = fit_options(settings_, haze.picture.size(0));
    const auto mixed = [&](const Tensor& t) { return torch::lerp(haze.transmission, t, kShareOfFit); };
    return with_less_memory(settings_.resources, [&](const Resources& resources) {
      task_.monitor->forget();
      options.device = resources.device;
      options.pixels = std::min(options.pixels, resources.pixels(kBytesPerPixel));
      return mixed(fit_haze(haze, options, *task_.monitor,
                            [&](const Tensor& t) { return small_parts({haze.picture, mixed(t), haze.airlight}); }));
    });
  }

  // At the size of the picture, with its edges.
  static Tensor carried(const Haze& haze, const Tensor& frames) {
    std::vector<Tensor> all;
    for (int64_t n = 0; n < frames.size(0); ++n) {
      const auto one = [n](const Tensor& t) { return t.slice(0, n, n + 1); };
      all.push_back(
          color_lines(one(haze.picture), one(haze.transmission), kRadius, kFlat).over(one(frames)).clamp_(0, 1));
    }
    return torch::cat(all);
  }

  Task& task_;
  FitSettings& settings_;
  const Wish& wish_;
};

}  // namespace

Tensor dehaze(Task& task) {
  const Wish wish = read_wish(task.options);
  FitSettings settings = read_fit_settings(task.options);
  if (task.inputs.size() != 1) throw Error(PENTIMENTO_BAD_INPUT, _("Dehazing takes one picture."));
  InRange range = split_range(task.inputs[0]);
  // A large picture is better not held more often than need be.
  task.inputs.clear();
  if (!range.excess.any().item<bool>()) range.excess.reset();
  const Tensor frames = as_frames(range.picture, wish.frames);
  if (std::min(frames.size(2), frames.size(3)) < kSmallestSide)
    throw Error(PENTIMENTO_BAD_INPUT,
                _("The picture is too small to tell haze in it: it needs at least 16 pixels a side."));

  const auto decompose = [&] { return Dehazing(task, settings, wish)(frames); };
  std::string own = "dehaze";
  for (const double value : {wish.strength, wish.keep, static_cast<double>(wish.frames)})
    own += " " + std::to_string(value);
  std::vector<Tensor> pictures = {range.picture};
  if (wish.airlight.defined()) pictures.push_back(wish.airlight);
  const Tensor part = part_of(task, settings, pictures, own, wish.output, decompose);
  if (task.notice.empty() && range.repaired > 0)
    task.notice = _("Some samples of the picture were not numbers; they were filled from their surroundings.");
  return wish.output == "picture" && range.excess.defined() ? part + range.excess : part;
}

}  // namespace pentimento
