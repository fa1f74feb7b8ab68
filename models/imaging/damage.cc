// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/damage.h"

#include <cmath>

#include "imaging/masks.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kWidest = 4;         // half the width of what counts as a scratch, in pixels
constexpr int64_t kSurroundings = 32;  // half the side of the window that tells the texture's strength
constexpr double kLeastContrast = 6.0 / 255;

Tensor dilated(const Tensor& plane) { return grown(plane, kWidest); }
Tensor eroded(const Tensor& plane) { return -grown(-plane, kWidest); }

// What an opening removes: narrow and brighter than its surroundings.
Tensor top_hat(const Tensor& plane) { return plane - dilated(eroded(plane)); }

Tensor local_mean(const Tensor& plane) {
  constexpr int64_t side = 2 * kSurroundings + 1;
  const auto mean = [](const Tensor& t, at::IntArrayRef kernel, at::IntArrayRef pad) {
    return torch::avg_pool2d(t, kernel, 1, pad, false, /*count_include_pad=*/false);
  };
  return mean(mean(plane, {side, 1}, {kSurroundings, 0}), {1, side}, {0, kSurroundings});
}

}  // namespace

Tensor find_damage(const Tensor& picture, double sensitivity) {
  const Tensor grey = picture.mean(1, true);
  // From 14 times the texture's strength down to 3.5.
  const double factor = 14 * std::pow(0.25, sensitivity);
  Tensor found = torch::zeros_like(grey);
  for (const Tensor& plane : {grey, -grey}) {
    const Tensor mark = top_hat(plane);
    const Tensor texture = local_mean(mark) + kLeastContrast / 3;
    const Tensor core = (mark > factor * texture).to(torch::kFloat);
    // Their softer rims, where they are still clearly marks.
    found = torch::maximum(found, grown(core, 2) * (mark > 0.4 * factor * texture));
    found = torch::maximum(found, grown(core, 1));
  }
  return found;
}

}  // namespace pentimento
