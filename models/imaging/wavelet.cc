// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/wavelet.h"

namespace pentimento {

using torch::Tensor;

namespace {

// One direction, the taps `hole` pixels apart; `dimension` is 2 (down) or 3 (across).
Tensor smoothed(const Tensor& picture, int64_t dimension, int64_t hole) {
  const int64_t reach = 2 * hole, side = picture.size(dimension);
  const Tensor wide = dimension == 2 ? torch::replication_pad2d(picture, {0, 0, reach, reach})
                                     : torch::replication_pad2d(picture, {reach, reach, 0, 0});
  const auto tap = [&](int64_t k) { return wide.narrow(dimension, k * hole, side); };
  return (tap(0) + tap(4)) * (1.0 / 16) + (tap(1) + tap(3)) * (4.0 / 16) + tap(2) * (6.0 / 16);
}

}  // namespace

std::vector<Tensor> wavelet_bands(const Tensor& picture, int64_t bands) {
  std::vector<Tensor> result;
  Tensor rest = picture;
  for (int64_t b = 0, hole = 1; b < bands; ++b, hole *= 2) {
    const Tensor smooth = smoothed(smoothed(rest, 2, hole), 3, hole);
    result.push_back(rest - smooth);
    rest = smooth;
  }
  result.push_back(rest);
  return result;
}

}  // namespace pentimento
