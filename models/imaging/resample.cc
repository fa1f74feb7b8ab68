// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/resample.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pentimento {

using torch::Tensor;

Tensor lanczos_downsample(const Tensor& picture, int64_t factor, int64_t lobes) {
  // With phase 1/2 the published kernel drops its last, zero tap. An odd block has its centre on a sample.
  const int64_t odd = factor % 2, taps = 2 * lobes * factor - odd;
  const int64_t channels = picture.size(1);
  Tensor kernel = torch::empty({taps}, torch::kFloat64);
  for (int64_t i = 0; i < taps; ++i) {
    const double d =
        std::abs((static_cast<double>(i) + (odd ? 1 : 0.5)) / static_cast<double>(factor) - static_cast<double>(lobes));
    const double x = std::numbers::pi * d;
    const double n = static_cast<double>(lobes);
    kernel[i] = d == 0 ? 1.0 : n * std::sin(x) * std::sin(x / n) / (x * x);
  }
  kernel = (kernel / kernel.sum()).to(picture.options());
  const int64_t pad = (taps - factor) / 2;
  const int64_t more_h = (factor - picture.size(2) % factor) % factor;
  const int64_t more_w = (factor - picture.size(3) % factor) % factor;
  const Tensor padded = torch::replication_pad2d(picture, {pad, pad + more_w, pad, pad + more_h});
  const Tensor rows = torch::conv2d(padded, kernel.view({1, 1, taps, 1}).expand({channels, 1, taps, 1}), {},
                                    {factor, 1}, torch::IntArrayRef{0, 0}, 1, channels);
  return torch::conv2d(rows, kernel.view({1, 1, 1, taps}).expand({channels, 1, 1, taps}), {}, {1, factor},
                       torch::IntArrayRef{0, 0}, 1, channels);
}

Tensor area_shrink(const Tensor& picture, int64_t height, int64_t width) {
  return torch::adaptive_avg_pool2d(picture, {height, width});
}

Tensor fit_within(const Tensor& picture, int64_t pixels) {
  const int64_t h = picture.size(2), w = picture.size(3);
  if (h * w <= pixels) return picture;
  const double scale = std::sqrt(static_cast<double>(pixels) / (static_cast<double>(h) * static_cast<double>(w)));
  const auto side = [scale](int64_t n) { return std::max<int64_t>(1, std::llround(static_cast<double>(n) * scale)); };
  return area_shrink(picture, std::min(h, side(h)), std::min(w, side(w)));
}

Tensor enlarge(const Tensor& picture, int64_t height, int64_t width) {
  return torch::upsample_bilinear2d(picture, {height, width}, /*align_corners=*/false);
}

Tensor low_band(const Tensor& picture, int64_t side) {
  const int64_t h = picture.size(2), w = picture.size(3);
  return enlarge(area_shrink(picture, (h + side - 1) / side, (w + side - 1) / side), h, w);
}

}  // namespace pentimento
