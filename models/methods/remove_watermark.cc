// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/remove_watermark.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "errors.h"
#include "fit/loop.h"
#include "imaging/mark_peel.h"
#include "imaging/masks.h"
#include "imaging/pictures.h"
#include "imaging/sparse_fill.h"
#include "methods/decomposition.h"
#include "nets/hourglass.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kLeastFrames = 3;  // that tell a mark without a hint
constexpr int64_t kPaddedSide = 64;  // what four scales can work with
// In the fit, where nothing can be read through the mark. Elsewhere, also on the mark's rims, the classical estimate
// errs less, and mixing the fit in made it worse.
constexpr double kTrust = 0.5;
// A mark all over a large picture is left to the classical estimate.
constexpr int64_t kBytesPerPixel = 6600, kFittedPixels = 640 * 640;
constexpr int64_t kMargin = 48;  // of what surrounds the mark

// The bounding box of what is marked, with its surroundings.
Box area_of(const Tensor& hint) {
  int64_t top = hint.size(2), left = hint.size(3), bottom = 0, right = 0;
  for (const Box& box : hole_boxes(hint)) {
    top = std::min(top, box.top), bottom = std::max(bottom, box.top + box.height);
    left = std::min(left, box.left), right = std::max(right, box.left + box.width);
  }
  return Box{top, left, bottom - top, right - left}.with_margin(kMargin, hint.size(2), hint.size(3));
}

// The watermark and the opacity that make `marked` of `clean`: as opaque as was found, or as much more as it takes for
// the watermark to stay within 0..1. All n x C x H x W.
Parts parts_of(const Tensor& marked, const Tensor& clean, const Tensor& opacity) {
  const Tensor change = marked - clean;
  const Tensor needed = torch::where(change > 0, change / (1 - clean).clamp_min(1e-6), -change / clean.clamp_min(1e-6));
  const Tensor touched = (change != 0).any(1, true);
  // Rounded up, so that the rounding asks no more of the watermark than there is.
  const Tensor steps = torch::maximum(opacity * 255, (needed * 255 - 1e-3).amax(1, true)).ceil().clamp(1, 255);
  const Tensor m = torch::where(touched, steps / 255, 0);
  const Tensor paint = torch::where(m > 0, clean + change / m.clamp_min(1.0 / 255), 0).clamp(0, 1);
  return {{"picture", as_strip(clean)}, {"watermark", as_strip(paint)}, {"mask", as_strip(m)}};
}

class Removal {
 public:
  Removal(Monitor& monitor, const FitSettings& settings, const Tensor& frames, const Tensor& hint)
      : monitor_(monitor), settings_(settings), frames_(frames), area_(area_of(hint)), hint_(area_.of(hint)) {
    marked_ = area_.of(frames);
  }

  // Nothing if no mark was found.
  Parts operator()() {
    std::vector<Tensor> smooth;
    for (const Tensor& frame : marked_.split(1)) smooth.push_back(pull_push(frame, 1 - hint_));
    monitor_.show(side_by_side(whole(torch::cat(smooth), hint_)));
    const Unmarked found = peel_mark(marked_, hint_, settings_.seed, [&] { monitor_.show({}); });
    if (found.opacity.max().item<float>() == 0) return {};
    if (monitor_.show(side_by_side(whole(found.clean, found.opacity))) || iterations() == 0 ||
        found.hidden.max().item<float>() == 0 ||
        hint_.numel() > settings_.resources.tile_pixels(kBytesPerPixel, kFittedPixels))
      return whole(found.clean, found.opacity);
    const Tensor clean =
        with_less_memory(settings_.resources, [&](const Resources& resources) { return fitted(found, resources); });
    return whole(clean, found.opacity);
  }

  const std::string& notice() const { return settings_.resources.notice; }

 private:
  // Of each picture's fit: all pictures together take the time of one, or a little more.
  int64_t iterations() const {
    if (settings_.iterations > 0) return settings_.iterations;
    const int64_t all = settings_.quality == "fast" ? 0 : settings_.quality == "balanced" ? 200 : 800;
    return all == 0 ? 0 : std::max<int64_t>(all / frames_.size(0), 50);
  }

  // The paper's second step, picture by picture: a prior for what is clean and one for the opacity, which together make
  // the marked picture, led by what is known already. It has its say where that is a mere fill.
  Tensor fitted(const Unmarked& found, const Resources& resources) {
    monitor_.forget();
    monitor_.expect(iterations() * frames_.size(0), 2 * extended(hint_, kPaddedSide).numel());
    torch::manual_seed(settings_.seed);
    Tensor clean = found.clean.clone();
    for (int64_t k = 0; k < clean.size(0) && !monitor_.keep(); ++k) {
      const auto with = [&](const Tensor& estimate) {
        const Tensor own = found.clean.slice(0, k, k + 1);
        const Tensor mixed = torch::lerp(own, estimate, kTrust * found.hidden);
        return torch::cat({clean.slice(0, 0, k), mixed, clean.slice(0, k + 1)});
      };
      const Tensor estimate = fitted_frame(
          k, found, resources.device, [&](const Tensor& e) { return side_by_side(whole(with(e), found.opacity)); });
      clean = with(estimate);
    }
    return clean;
  }

  Tensor fitted_frame(int64_t k, const Unmarked& found, const torch::Device& device, const Show& show) {
    const auto prepared = [&](const Tensor& t) { return extended(t, kPaddedSide).to(device); };
    const auto inner = [&](const Tensor& t) {
      return t.to(torch::kCPU).slice(2, 0, marked_.size(2)).slice(3, 0, marked_.size(3)).contiguous();
    };
    const Tensor marked = prepared(marked_.slice(0, k, k + 1)), clean = prepared(found.clean.slice(0, k, k + 1));
    const Tensor opacity = prepared(found.opacity), hidden = prepared(found.hidden), paint = prepared(found.paint);
    const Tensor sure = 1 - hidden, input = torch::cat({clean * sure, opacity, hidden}, 1);
    Problem problem;
    for (const int64_t channels : {marked.size(1), int64_t{1}}) {
      const auto network = std::make_shared<Hourglass>(HourglassOptions::uniform(input.size(1), 4, 32, 4, channels));
      network->to(device);
      problem.priors.push_back({network, input, 1.0 / 100});
    }
    const Tensor area = sure.mean();
    problem.loss = [=](const std::vector<Tensor>& outputs, const Iteration&) {
      const Tensor blend = outputs[1] * paint + (1 - outputs[1]) * outputs[0];
      return (sure * (outputs[0] - clean)).square().mean() / area + torch::mse_loss(outputs[1], opacity) +
             0.5 * torch::mse_loss(blend, marked);
    };
    problem.estimate = [](const std::vector<Tensor>& outputs, const Iteration&) { return outputs[0]; };
    problem.replayable = true;
    const Recipe recipe = {0.005, iterations(), 0.97, settings_.seed, {}};
    return inner(fit(problem, recipe, monitor_, [&](const Tensor& e) { return show(inner(e)); }).estimate);
  }

  Parts whole(const Tensor& clean, const Tensor& opacity) const {
    Tensor all = frames_.clone(), everywhere = torch::zeros({frames_.size(0), 1, frames_.size(2), frames_.size(3)});
    area_.of(all).copy_(clean);
    area_.of(everywhere).copy_(opacity.expand({frames_.size(0), -1, -1, -1}));
    return parts_of(frames_, all, everywhere);
  }

  Monitor& monitor_;
  FitSettings settings_;
  Tensor frames_;
  Box area_;
  Tensor hint_, marked_;
};

}  // namespace

Tensor remove_watermark(Task& task) {
  const Options& options = task.options;
  const int64_t frames = options.integer("frames", 1, 1, 1000);
  const std::string output = options.choice("output", "picture", {"picture", "watermark", "mask"});
  const FitSettings settings = read_fit_settings(options);
  if (task.inputs.empty() || task.inputs.size() > 2)
    throw Error(PENTIMENTO_BAD_INPUT, _("Removing a watermark takes one picture and a hint where the mark lies."));
  const Tensor& input = task.inputs[0];
  const bool hinted = task.inputs.size() == 2;
  if (hinted && (task.inputs[1].size(1) != 1 || task.inputs[1].size(2) != input.size(2) ||
                 task.inputs[1].size(3) != input.size(3)))
    throw Error(PENTIMENTO_BAD_INPUT, _("The hint must be grey and as large as the picture."));
  if (!hinted && frames < kLeastFrames)
    throw Error(PENTIMENTO_BAD_INPUT,
                _("Mark where the watermark lies, roughly: only three or more pictures with the same mark tell it by "
                  "themselves."));

  const InRange range = split_range(input);
  const Tensor planes = is_grey(range.picture) ? range.picture.slice(1, 0, 1) : range.picture;
  const Tensor pictures = as_frames(planes, frames);
  Tensor hint;
  if (hinted) {
    const Tensor given = as_frames(torch::nan_to_num(task.inputs[1], 0), frames);
    hint = (given.amax(0, true) > 0).to(torch::kFloat);
    if (hint.min().item<float>() > 0)
      throw Error(PENTIMENTO_BAD_INPUT,
                  _("The hint covers the whole picture. Please mark only where the watermark lies, roughly."));
  } else {
    hint = common_edges(pictures);
  }
  const std::vector<Tensor> keyed = {planes, hint};
  Tensor result = part_of(task, settings, keyed, "remove-watermark" + std::to_string(frames), output, [&]() -> Parts {
    Parts parts;
    if (hint.max().item<float>() > 0) {
      Removal removal(*task.monitor, settings, pictures, hint);
      parts = removal();
      task.notice = removal.notice();
    }
    if (parts.empty()) {
      task.notice = hint.max().item<float>() == 0 && hinted
                        ? _("The hint is empty, so there was nothing to remove: the picture is unchanged.")
                        : _("No watermark was found, so the picture is unchanged. Try another hint.");
      return parts_of(pictures, pictures, torch::zeros_like(pictures.slice(1, 0, 1)));
    }
    if (task.notice.empty() && range.repaired > 0)
      task.notice = _("Some samples of the pictures were not numbers; they were filled from their surroundings.");
    return parts;
  });
  if (output != "picture") return result;
  // What has no mark keeps every bit, also beyond 0..1.
  result = input.size(1) == 1 ? result.slice(1, 0, 1) : result;
  return torch::where(result == range.picture, input, result);
}

}  // namespace pentimento
