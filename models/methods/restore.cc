// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/restore.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "errors.h"
#include "fit/page_allocator.h"
#include "fit/resources.h"
#include "imaging/joint_estimate.h"
#include "imaging/pictures.h"
#include "imaging/resample.h"
#include "nets/restorer_tiles.h"
#include "weights/restorer_weights.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kBytesPerPixel = 600;    // measured: 350 at width 16, 530 at width 24
constexpr int64_t kMostOnCpu = 2'500'000;  // pixels at once: more would not be faster

// Of the windows in which a change follows the colours: radius, and the variance below which they are taken for flat.
constexpr int64_t kRadius = 4;
constexpr double kFlat = 1e-5;

// 1 x 3 x H x W in 0..1 -> the same on the CPU, tile by tile.
Tensor restored(Task& task, const Restorer& network, const Tensor& picture, const Resources& resources) {
  const int64_t height = picture.size(2), width = picture.size(3);
  const int64_t fitting = resources.pixels(kBytesPerPixel);
  const std::vector<RestorerTile> tiles =
      plan_tiles(network, height, width, resources.device.is_cpu() ? std::min(fitting, kMostOnCpu) : fitting);
  for (const RestorerTile& tile : tiles) task.monitor->expect(1, tile.pixels());
  Tensor result = tiles.size() > 1 ? torch::empty_like(picture) : Tensor();
  for (const RestorerTile& tile : tiles) {
    const Tensor made = restored_tile(network, picture, tile).clamp_(0, 1).to(torch::kCPU);
    if (tiles.size() == 1)
      result = made;
    else
      result.slice(2, tile.own_top, tile.own_bottom).slice(3, tile.own_left, tile.own_right).copy_(made);
    release_pages();  // the next tile has other sizes
    task.monitor->step(tile.pixels(), [] { return std::nan(""); }, [] { return Tensor(); });
  }
  return result;
}

// The same for a network that knows whole scenes. What it makes of the scene's eight symmetries is averaged (Lim et
// al., "Enhanced Deep Residual Networks for Single Image Super-Resolution", CVPRW 2017, section 3.4): the scene is
// small. Of a picture whose shorter side is larger than what the network knows, one of that size is restored, and what
// that changed, which haze and shadow let vary slowly, is carried up as linear functions of the colours around: what is
// not changed there is not changed at all.
Tensor restored_scene(Task& task, const Restorer& network, const Tensor& picture, const Resources& resources) {
  const int64_t height = picture.size(2), width = picture.size(3), shorter = std::min(height, width);
  const bool large = shorter > network.shape().side;
  const auto scaled = [&](int64_t n) { return (n * network.shape().side + shorter / 2) / shorter; };
  const Tensor small = large ? area_shrink(picture, scaled(height), scaled(width)) : picture;
  Tensor change = torch::zeros_like(small);
  for (int symmetry = 0; symmetry < 8; ++symmetry) {
    const auto turned = [&](const Tensor& t) { return symmetry & 4 ? t.transpose(2, 3) : t; };
    std::vector<int64_t> mirrored;
    if (symmetry & 1) mirrored.push_back(2);
    if (symmetry & 2) mirrored.push_back(3);
    const Tensor shown = turned(small).flip(mirrored);
    change += turned((restored(task, network, shown, resources) - shown).flip(mirrored)) / 8;
  }
  if (!large) return small + change;
  return color_lines(small, change, kRadius, kFlat).over(picture).add_(picture).clamp_(0, 1);
}

}  // namespace

Tensor restore(Task& task) {
  const std::string kind = task.options.choice("task", "rain", {"rain", "haze", "shadow"});
  const double strength = task.options.real("strength", 1, 0, 1);
  const std::string weights = task.options.text("weights", "");
  Resources resources = read_resources(task.options);
  const std::shared_ptr<Restorer> network = read_restorer(weights, kind);
  if (task.inputs.size() != 1 || (task.inputs[0].size(1) != 1 && task.inputs[0].size(1) != 3))
    throw Error(PENTIMENTO_BAD_INPUT, _("Restoring from rain, haze or shadow takes one picture."));

  InRange range = split_range(std::exchange(task.inputs[0], Tensor()));
  const bool grey = is_grey(range.picture);
  const Tensor seen = range.picture.expand({1, 3, -1, -1});
  Tensor result = with_less_memory(resources, [&](const Resources& r) {
    task.monitor->forget();
    network->to(r.device);
    return network->shape().side > 0 ? restored_scene(task, *network, seen, r) : restored(task, *network, seen, r);
  });
  task.notice = resources.notice;
  if (task.notice.empty() && range.repaired > 0)
    task.notice = _("Some samples of the picture were not numbers; they were filled from their surroundings.");
  if (grey) result = result.mean(1, true).expand_as(range.picture);
  return range.picture.lerp_(result, strength).add_(range.excess);  // in place: a large picture is there often enough
}

}  // namespace pentimento
