// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/segment.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "errors.h"
#include "imaging/foreground_cut.h"
#include "imaging/masks.h"
#include "imaging/matte.h"
#include "imaging/patch_fill.h"
#include "imaging/pictures.h"
#include "imaging/resample.h"
#include "imaging/saliency.h"
#include "imaging/sparse_fill.h"
#include "methods/decomposition.h"
#include "methods/segment_fit.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kSmallestSide = 16;
constexpr double kFlatRange = 2.0 / 255;  // of a picture in which nothing can be told apart
// Of the equalised saliency, as in Double-DIP's published code: what is foreground, what background.
constexpr double kSalient = 239.5 / 255, kDull = 15.5 / 255;
constexpr int64_t kQuickPixels = 160 * 160;
constexpr double kTrust = 4;      // in the saliency, as evidence
constexpr double kMaskTrust = 2;  // in the coupled fit's mask, likewise
constexpr double kUnsure =
    0.02;  // how near to the labels' edges the fit is not told them, in shares of the larger side
constexpr double kTouched = 0.02;  // a mask from which the background behind it is completed
constexpr int64_t kRim = 2;        // of pixels around it that may still hold the foreground's colour

[[noreturn]] void refuse_one_kind() {
  throw Error(PENTIMENTO_BAD_INPUT,
              _("Paint strokes on both the foreground (white) and the background (black), or none at all."));
}

struct Plan {
  int64_t pixels;       // of the version of a sequence that is segmented
  int64_t rounds;       // of cuts
  int64_t fill_pixels;  // of the version of a sequence whose background is completed
  int64_t iterations;   // of the coupled fit
  int64_t fit_pixels;   // of a frame in it
};

// Fast does not fit, unless told how often.
Plan plan_for(const FitSettings& settings) {
  Plan plan = {512 * 512, 4, 512 * 512, 300, 256 * 256};
  if (settings.quality == "fast") plan = {384 * 384, 3, 256 * 256, 0, 192 * 192};
  if (settings.quality == "best") plan = {768 * 768, 5, 1024 * 1024, 1000, 384 * 384};
  if (settings.iterations > 0) plan.iterations = settings.iterations;
  return plan;
}

// Every frame shrunk so that the sequence has at most `pixels`, but not below what can be segmented.
Tensor proxy_of(const Tensor& frames, int64_t pixels) {
  const Tensor small = fit_within(frames, std::max<int64_t>(pixels / frames.size(0), 96 * 96));
  return std::min(small.size(2), small.size(3)) < kSmallestSide ? frames : small;
}

// A pixel of the small version is marked where any that it stands for is; not where both marks are.
Hints hints_of(const Tensor& strokes, int64_t height, int64_t width) {
  const auto marked = [&](const Tensor& where) {
    return std::get<0>(torch::adaptive_max_pool2d(where.to(torch::kFloat), {height, width}));
  };
  const Tensor front = marked(strokes > 0.75), back = marked(strokes < 0.25);
  return {front * (1 - back), back * (1 - front), true};
}

// Out of what a segmentation returns.
Parts parts_of(const Tensor& layers) {
  const int64_t channels = (layers.size(1) - 1) / 2;
  return {{"mask", layers.slice(1, 0, 1)},
          {"foreground", layers.slice(1, 1, 1 + channels)},
          {"background", layers.slice(1, 1 + channels)}};
}

// A sequence small enough to be segmented, and what is known of it.
struct Start {
  Tensor frames, evidence;  // evidence: beside the hints, or undefined
  Hints hints;
};

Start start_from(const Tensor& frames, const Tensor& strokes, int64_t pixels) {
  const Tensor small = proxy_of(frames, pixels);
  Start start = {small, {}, {}};
  if (strokes.defined()) {
    start.hints = hints_of(strokes, small.size(2), small.size(3));
  } else {
    std::vector<Tensor> maps;
    for (int64_t f = 0; f < small.size(0); ++f) maps.push_back(saliency(small.slice(0, f, f + 1)));
    const Tensor map = torch::cat(maps), rank = equalised(map);
    start.hints = {(rank > kSalient).to(torch::kFloat), (rank <= kDull).to(torch::kFloat), false};
    start.evidence = kTrust * (map - map.mean());
  }
  return start;
}

bool has_both(const Hints& hints) { return hints.foreground.any().item<bool>() && hints.background.any().item<bool>(); }

class Segmentation {
 public:
  Segmentation(Monitor& monitor, const FitSettings& settings, const Tensor& frames, const Tensor& strokes)
      : monitor_(monitor), settings_(settings), plan_(plan_for(settings)), frames_(frames) {
    // The first answer: of a small version, within a second.
    const Start quick = start_from(frames, strokes, kQuickPixels);
    if (has_both(quick.hints)) {
      const Tensor labels = ForegroundCut(quick.frames, quick.hints)({}, quick.evidence);
      monitor.show(side_by_side(parts_of(layers(quick.frames, labels, false))));
    }
    const Start start = start_from(frames, strokes, plan_.pixels);
    proxy_ = start.frames, evidence_ = start.evidence, hints_ = start.hints;
    if (!has_both(hints_) && hints_.certain) refuse_one_kind();
    if (!has_both(hints_))
      throw Error(PENTIMENTO_BAD_INPUT, _("Nothing stands out in the picture. Paint strokes on the foreground (white) "
                                          "and on the background (black)."));
  }

  // Mask, foreground and background beside each other in the channels.
  Tensor operator()() {
    const ForegroundCut cut(proxy_, hints_);
    Tensor labels;
    for (int64_t round = 0; round < plan_.rounds && !(round > 0 && monitor_.keep()); ++round) {
      labels = cut(labels, evidence_);
      monitor_.show(shown(labels));
    }
    if (plan_.iterations > 0 && !monitor_.keep()) labels = fitted(cut, labels);
    if (hints_.certain) labels = connected_to(hints_.foreground, labels);
    monitor_.show(shown(labels));
    return layers(frames_, labels, !monitor_.keep());
  }

 private:
  // Cut again with what the coupled fit's mask says; taken if its two layers explain the picture with that no worse.
  Tensor fitted(const ForegroundCut& cut, const Tensor& labels) {
    const Tensor small = fit_within(proxy_, plan_.fit_pixels);
    CoupledFit fit(monitor_, settings_, small, plan_.iterations);
    monitor_.expect(plan_.iterations, fit.pixels());
    const auto refined = [&](const CoupledEstimate& e) {
      const Tensor says = kMaskTrust * (2 * enlarge(e.mask, proxy_.size(2), proxy_.size(3)) - 1);
      const Tensor found = cut(labels, evidence_.defined() ? evidence_ + says : says);
      const auto unexplained = [&](const Tensor& m) {
        const Tensor share = area_shrink(m, small.size(2), small.size(3));
        return (share * e.front + (1 - share) * e.back - small).abs().mean().item<double>();
      };
      return unexplained(found) <= unexplained(labels) ? found : labels;
    };
    const CoupledEstimate e =
        fit(sure_of(labels, small), [&](const CoupledEstimate& now) { return shown(refined(now)); });
    behind_ = e.back;
    return refined(e);
  }

  // The labels away from their edges, and the strokes.
  Hints sure_of(const Tensor& labels, const Tensor& small) const {
    const int64_t h = small.size(2), w = small.size(3);
    const auto unsure = static_cast<int64_t>(std::lround(kUnsure * static_cast<double>(std::max(h, w))));
    const auto sure = [&](const Tensor& where, const Tensor& hints) {
      const Tensor inside = 1 - grown((area_shrink(1 - where, h, w) > 0.01).to(torch::kFloat), unsure);
      return torch::maximum(inside, std::get<0>(torch::adaptive_max_pool2d(hints, {h, w})));
    };
    return {sure(labels, hints_.foreground), sure(1 - labels, hints_.background), true};
  }

  // As it is reported: of the small version, with a background that is only smooth.
  Tensor shown(const Tensor& labels) const { return side_by_side(parts_of(layers(proxy_, labels, false))); }

  Tensor layers(const Tensor& frames, const Tensor& labels, bool with_texture) const {
    std::vector<Tensor> all;
    for (int64_t f = 0; f < frames.size(0); ++f) {
      const Tensor picture = frames.slice(0, f, f + 1);
      const Tensor mask = carried_up(labels.slice(0, f, f + 1), picture);
      const Layers mixed = mixed_from(picture, mask, completed(picture, mask, f, with_texture));
      all.push_back(torch::cat({mask, mixed.foreground, mixed.background}, 1));
    }
    return as_strip(torch::cat(all));
  }

  Tensor completed(const Tensor& picture, const Tensor& mask, int64_t frame, bool with_texture) const {
    const Tensor known = 1 - grown((mask > kTouched).to(torch::kFloat), kRim);
    if (!with_texture || known.min().item<float>() > 0.5f || known.max().item<float>() < 0.5f)
      return pull_push(picture, known);
    const int64_t pixels = std::max<int64_t>(plan_.fill_pixels / frames_.size(0), 128 * 128);
    const Tensor share = fit_within(known, pixels);
    const Tensor small = fit_within(picture * known, pixels) / share.clamp_min(1e-6);
    // The fit's layer tells what the hole looks like from afar.
    Tensor structure;
    if (behind_.defined()) structure = enlarge(behind_.slice(0, frame, frame + 1), small.size(2), small.size(3));
    const Tensor filled =
        patch_fill(small, (share > 0.5).to(torch::kFloat), structure, settings_.seed, [&] { monitor_.show({}); });
    return torch::where(known > 0.5, picture, enlarge(filled, picture.size(2), picture.size(3)));
  }

  Monitor& monitor_;
  const FitSettings& settings_;
  Plan plan_;
  Tensor frames_, proxy_;
  Tensor evidence_;
  Tensor behind_;  // the fit's background, once there is one
  Hints hints_;
};

// What of the samples lies out of range goes to the layers that show it.
Tensor with_excess(const Tensor& layers, const Tensor& excess) {
  const Tensor mask = layers.slice(1, 0, 1), own = excess.slice(1, 0, (layers.size(1) - 1) / 2);
  const auto shown = [](const Tensor& share) { return (share > 0).to(torch::kFloat); };
  return layers + torch::cat({torch::zeros_like(mask), own * shown(mask), own * shown(1 - mask)}, 1);
}

void check_strokes(const Tensor& strokes, const Tensor& picture) {
  if (strokes.size(1) != 1 || strokes.size(2) != picture.size(2) || strokes.size(3) != picture.size(3))
    throw Error(PENTIMENTO_BAD_INPUT, _("The strokes must be on a grey layer as large as the picture."));
  const bool front = (strokes > 0.75).any().item<bool>(), back = (strokes < 0.25).any().item<bool>();
  if (front != back) refuse_one_kind();
  if (((strokes > 0.75) | (strokes < 0.25)).all().item<bool>())
    throw Error(
        PENTIMENTO_BAD_INPUT,
        _("The strokes cover the whole picture, so there is nothing left to tell apart. Leave a part without."));
}

}  // namespace

Tensor segment(Task& task) {
  const int64_t frames = task.options.integer("frames", 1, 1, 1000);
  const std::string output = task.options.choice("output", "mask", {"mask", "foreground", "background"});
  FitSettings settings = read_fit_settings(task.options);
  if (task.inputs.empty() || task.inputs.size() > 2)
    throw Error(PENTIMENTO_BAD_INPUT, _("Segmenting takes one picture and, if you like, strokes on it."));
  const Tensor& input = task.inputs[0];
  const InRange range = split_range(input);
  const Tensor picture = as_frames(is_grey(range.picture) ? range.picture.slice(1, 0, 1) : range.picture, frames);
  if (std::min(picture.size(2), picture.size(3)) < kSmallestSide)
    throw Error(PENTIMENTO_BAD_INPUT, _("The picture is too small to segment: it needs at least 16 pixels a side."));
  if ((picture.amax({0, 2, 3}) - picture.amin({0, 2, 3})).max().item<double>() < kFlatRange)
    throw Error(PENTIMENTO_BAD_INPUT, _("The picture has one colour only, so there is nothing to tell apart in it."));
  Tensor strokes;
  if (task.inputs.size() == 2) {
    const Tensor painted = torch::nan_to_num(task.inputs[1], 0.5);
    check_strokes(painted, input);
    if ((painted > 0.75).any().item<bool>()) strokes = as_frames(painted, frames);
  }

  const Tensor part = part_of(task, settings, task.inputs, "segment " + std::to_string(frames), output, [&] {
    const Tensor layers = with_less_memory(settings.resources, [&](const Resources& resources) {
      task.monitor->forget();
      FitSettings smaller = settings;
      smaller.resources = resources;
      return Segmentation(*task.monitor, smaller, picture, strokes)();
    });
    task.notice = settings.resources.notice;
    return parts_of(range.excess.any().item<bool>() ? with_excess(layers, range.excess) : layers);
  });
  return part.slice(1, 0, input.size(1));
}

}  // namespace pentimento
