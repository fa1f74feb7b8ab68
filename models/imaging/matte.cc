// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/matte.h"

#include <algorithm>
#include <cmath>

#include "imaging/joint_estimate.h"
#include "imaging/masks.h"
#include "imaging/resample.h"
#include "imaging/sparse_fill.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kGuidePixels = 1024 * 1024;  // of the version that the filter's lines are found in
constexpr double kRadius = 4;                  // of the filter, in the labels' pixels
constexpr double kFlat = 1e-4;
constexpr double kSharper = 1.15;  // the filter's ramps are wider than the picture's
constexpr double kSteady = 8;      // the background moves less than the foreground: it would keep a rim of that
constexpr int64_t kBand = 256;     // rows
constexpr float kPure = 0.98f;     // of a mask that shows one layer alone
constexpr float kLeast = 1e-4f;    // a share too small to tell a layer's colour by

}  // namespace

Tensor carried_up(const Tensor& labels, const Tensor& picture) {
  const Tensor guide = fit_within(picture, std::max(kGuidePixels, labels[0][0].numel()));
  const Tensor coarse = enlarge(labels, guide.size(2), guide.size(3));
  const double scale = static_cast<double>(guide.size(3)) / static_cast<double>(labels.size(3));
  const auto radius = static_cast<int64_t>(std::lround(kRadius * scale));
  const Tensor soft = (color_lines(guide, coarse, radius, kFlat).over(picture) - 0.5) * kSharper + 0.5;
  // Away from the edges the labels stand.
  const Tensor edges = grown(coarse, radius) * grown(1 - coarse, radius);
  const Tensor near = enlarge(edges, picture.size(2), picture.size(3));
  return torch::lerp(enlarge(labels, picture.size(2), picture.size(3)), soft.clamp(0, 1), near).clamp(0, 1);
}

Layers mixed_from(const Tensor& picture, const Tensor& mask, const Tensor& background) {
  Tensor front = pull_push(picture, (mask > kPure).to(torch::kFloat)), back = torch::empty_like(front);
  // In bands, so that a large picture does not cost many times its memory.
  for (int64_t y = 0; y < picture.size(2); y += kBand) {
    const auto band = [&](const Tensor& t) { return t.slice(2, y, std::min(y + kBand, t.size(2))); };
    const Tensor m = band(mask), rest = 1 - m, whole = band(picture), behind = band(background);
    Tensor f = band(front), b = band(back);
    // The nearest pair that mixes to the picture, then back into range: what one layer cannot take the other does.
    const Tensor missing = (whole - m * f - rest * behind) / (m.square() + rest.square() / kSteady);
    f.add_(m * missing).clamp_(0, 1);
    b.copy_(torch::where(rest > kLeast, (whole - m * f) / rest.clamp_min(kLeast), behind)).clamp_(0, 1);
    f.copy_(torch::where(m > kLeast, (whole - rest * b) / m.clamp_min(kLeast), f)).clamp_(0, 1);
  }
  return {front, back};
}

}  // namespace pentimento
