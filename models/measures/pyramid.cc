// SPDX-License-Identifier: GPL-3.0-or-later
#include "measures/pyramid.h"

namespace pentimento {

using torch::Tensor;

Tensor b_spline(const Tensor& planes) {
  const int64_t h = planes.size(1), w = planes.size(2);
  const Tensor padded = torch::replication_pad2d(planes, {2, 2, 2, 2});
  const auto smoothed = [](const Tensor& wide, int64_t dimension, int64_t side) {
    const auto tap = [&](int64_t k) { return wide.narrow(dimension, k, side); };
    return (tap(0) + tap(4)).mul_(1.0 / 16).add_(tap(1) + tap(3), 4.0 / 16).add_(tap(2), 6.0 / 16);
  };
  return smoothed(smoothed(padded, 1, h), 2, w);
}

Tensor every_second(const Tensor& planes) { return planes.slice(1, 0, {}, 2).slice(2, 0, {}, 2); }

Tensor luminance(const Tensor& picture) {
  if (picture.size(-3) == 1) return picture;
  const auto channel = [&](int64_t c) { return picture.narrow(-3, c, 1); };
  return (channel(0) * 0.299f).add_(channel(1), 0.587f).add_(channel(2), 0.114f);
}

std::vector<Tensor> measured_bands(const Tensor& plane) {
  std::vector<Tensor> bands;
  Tensor rest = plane.unsqueeze(0);
  for (int64_t b = 0; b < kMeasuredBands; ++b) {
    const Tensor smooth = b_spline(rest);
    bands.push_back((rest - smooth).squeeze(0));
    rest = every_second(smooth);
  }
  return bands;
}

}  // namespace pentimento
