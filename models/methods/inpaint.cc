// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/inpaint.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "errors.h"
#include "imaging/damage.h"
#include "imaging/masks.h"
#include "imaging/pictures.h"
#include "imaging/sparse_fill.h"
#include "imaging/tiles.h"
#include "methods/hole_fits.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kNarrowRadius = 7;     // of holes that a DCT fill can bridge
constexpr double kScatteredShare = 0.1;  // from so many single missing samples on they are a kind of their own
constexpr int64_t kNarrowMargin = 32;    // known surroundings that a narrow hole is filled from
constexpr int64_t kLeastWideMargin = 64, kMostWideMargin = 768;
constexpr int64_t kTilePixels = 256 * 256, kTileOverlap = 32;  // of narrow holes, on a CPU
// The fit, and the picture with known samples hidden, ten times in four orientations: bfloat16 does not halve those.
constexpr int64_t kBytesPerPixel = 3300 + 2 * 40 * 44;

struct Mask {
  Tensor weight;  // 1 x 1 x H x W, how much of the filling is seen
  Tensor hole;    // 0 and 1: what must be filled
};

Mask make_mask(const Task& task, const Tensor& picture, bool find, double sensitivity, int64_t grow, double feather) {
  Tensor mask = torch::zeros({1, 1, picture.size(2), picture.size(3)});
  if (task.inputs.size() > 1) mask = torch::nan_to_num(task.inputs[1], 0).clamp(0, 1);
  if (find) mask = torch::maximum(mask, find_damage(picture, sensitivity));
  if (grow > 0) mask = grown(mask, grow);
  if (feather > 0) mask = feathered(mask, feather);
  // What is no number is damage, and filled wholly.
  const Tensor broken = (~torch::isfinite(task.inputs[0])).any(1, true).to(torch::kFloat);
  mask = torch::maximum(mask, broken);
  return {mask, (mask > 0).to(torch::kFloat)};
}

// All holes and what they may be filled from.
Box surroundings(const Tensor& hole) {
  const std::vector<Box> boxes = hole_boxes(hole);
  int64_t top = hole.size(2), left = hole.size(3), bottom = 0, right = 0;
  for (const Box& box : boxes) {
    top = std::min(top, box.top), bottom = std::max(bottom, box.top + box.height);
    left = std::min(left, box.left), right = std::max(right, box.left + box.width);
  }
  return Box{top, left, bottom - top, right - left}.with_margin(kMostWideMargin, hole.size(2), hole.size(3));
}

enum class Kind { kText, kRegion, kRandom };

Kind kind_of(const std::string& chosen, const Tensor& hole) {
  if (chosen == "text-and-scratches") return Kind::kText;
  if (chosen == "region") return Kind::kRegion;
  if (chosen == "random-pixels") return Kind::kRandom;
  if (hole_radius(hole) > kNarrowRadius) return Kind::kRegion;
  return hole.mean().item<double>() > kScatteredShare ? Kind::kRandom : Kind::kText;
}

class Inpainting {
 public:
  // `picture` is overwritten where it is not known; `whole` makes of it what is reported.
  Inpainting(Monitor& monitor, const FitSettings& settings, const std::string& kind, Tensor picture, const Tensor& hole,
             const Show& whole)
      : monitor_(monitor),
        whole_(whole),
        picture_(std::move(picture)),
        known_(1 - hole),
        tile_pixels_(settings.resources.tile_pixels(kBytesPerPixel, kTilePixels)),
        narrow_(monitor, settings),
        wide_(monitor, settings) {
    for (const Box& box : hole_boxes(hole)) plan(box, kind_of(kind, box.of(hole)));
  }

  // The picture with its holes filled.
  Tensor operator()() {
    for (const Part& part : parts_) part.tile.of(picture_).copy_(pull_push(picture_of(part), known_of(part)));
    Canvas canvas(picture_);
    monitor_.show(whole_(canvas.picture()));
    for (const Part& part : parts_) {
      if (monitor_.keep()) break;
      const Holes holes = {picture_of(part), known_of(part), part.kind == Kind::kRandom};
      const auto show = [&](const Tensor& estimate) { return whole_(canvas.with(part.tile, estimate)); };
      canvas.put(part.tile, part.kind == Kind::kRegion ? wide_(holes, show) : narrow_(holes, show));
    }
    return canvas.picture();
  }

 private:
  struct Part {
    Tile tile;  // weighs nothing but its own holes
    Kind kind;
  };

  Tensor picture_of(const Part& part) const { return part.tile.of(picture_); }
  Tensor known_of(const Part& part) const { return part.tile.of(known_); }

  // A group of holes with its surroundings; where narrow ones reach far, in tiles.
  void plan(const Box& box, Kind kind) {
    const int64_t h = picture_.size(2), w = picture_.size(3);
    const bool wide = kind == Kind::kRegion;
    const int64_t margin =
        wide ? std::clamp(std::max(box.height, box.width), kLeastWideMargin, kMostWideMargin) : kNarrowMargin;
    const Box around = box.with_margin(margin, h, w);
    Tensor own = torch::zeros({1, 1, around.height, around.width});
    Box{box.top - around.top, box.left - around.left, box.height, box.width}.of(own).fill_(1);
    const int64_t most = wide ? around.height * around.width : tile_pixels_;
    for (Tile tile : plan_tiles(around.height, around.width, most, kTileOverlap)) {
      tile.weight = tile.weight * tile.of(own);
      tile.top += around.top;
      tile.left += around.left;
      tile.weight *= 1 - tile.of(known_);
      if (tile.weight.max().item<float>() == 0) continue;
      const int64_t pixels = tile.height * tile.width;
      wide ? monitor_.expect(wide_.iterations(), wide_.fitted_pixels(pixels))
           : monitor_.expect(narrow_.iterations(first_narrow_), pixels);
      first_narrow_ = first_narrow_ && wide;
      parts_.push_back({tile, kind});
    }
  }

  Monitor& monitor_;
  const Show& whole_;
  Tensor picture_, known_;
  int64_t tile_pixels_;
  NarrowHoles narrow_;
  WideHoles wide_;
  std::vector<Part> parts_;
  bool first_narrow_ = true;
};

}  // namespace

Tensor inpaint(Task& task) {
  const Options& options = task.options;
  const std::string kind = options.choice("kind", "auto", {"auto", "text-and-scratches", "region", "random-pixels"});
  const int64_t grow = options.integer("grow", 0, 0, 100);
  const double feather = options.real("feather", 0, 0, 100);
  const bool find = options.integer("find-damage", 0, 0, 1) == 1;
  const double sensitivity = options.real("sensitivity", 0.5, 0, 1);
  const bool show_mask = options.choice("output", "picture", {"picture", "mask"}) == "mask";
  FitSettings settings = read_fit_settings(options);
  if (task.inputs.empty() || task.inputs.size() > 2)
    throw Error(PENTIMENTO_BAD_INPUT, _("Inpainting takes one picture and its mask."));
  const Tensor& input = task.inputs[0];
  if (task.inputs.size() == 2 && (task.inputs[1].size(1) != 1 || task.inputs[1].size(2) != input.size(2) ||
                                  task.inputs[1].size(3) != input.size(3)))
    throw Error(PENTIMENTO_BAD_INPUT, _("The mask must be grey and as large as the picture."));

  const Tensor picture = split_range(input).picture;
  const Mask mask = make_mask(task, picture, find, sensitivity, grow, feather);
  if (show_mask) return mask.weight.expand_as(input).contiguous();
  const double share = mask.hole.mean().item<double>();
  if (share == 0) {
    task.notice = find ? _("No dust or scratches were found. Try a higher sensitivity, or mark them in the mask.")
                       : _("The mask is empty, so there was nothing to fill: the picture is unchanged.");
    return input;
  }
  if (share == 1)
    throw Error(PENTIMENTO_BAD_INPUT,
                _("The mask covers the whole picture, so there is nothing to fill it from. Leave a part unmasked."));

  // A small hole in a large picture costs no more than its surroundings.
  const Box area = surroundings(mask.hole);
  const Tensor original = area.of(picture), hole = area.of(mask.hole);
  const Tensor planes = is_grey(original) ? original.slice(1, 0, 1) : original;
  const auto whole = [&](const Tensor& part) {
    Tensor estimate = picture.clone();
    area.of(estimate).copy_(part.expand_as(original));
    return estimate;
  };
  const Tensor filled = with_less_memory(settings.resources, [&](const Resources& resources) {
    task.monitor->forget();
    FitSettings smaller = settings;
    smaller.resources = resources;
    return Inpainting(*task.monitor, smaller, kind, planes.clone(), hole, whole)();
  });
  task.notice = settings.resources.notice;
  Tensor result = input.clone();
  area.of(result).copy_(torch::where(hole > 0.5, torch::lerp(original, filled, area.of(mask.weight)), area.of(input)));
  return result;
}

}  // namespace pentimento
