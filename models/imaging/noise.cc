// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/noise.h"

#include <tuple>

namespace pentimento {

torch::Tensor estimate_noise(const torch::Tensor& picture) {
  const int64_t h = picture.size(2) / 2 * 2, w = picture.size(3) / 2 * 2;
  const auto part = [&](int64_t top, int64_t left) { return picture.slice(2, top, h, 2).slice(3, left, w, 2); };
  const torch::Tensor diagonal = (part(0, 0) - part(0, 1) - part(1, 0) + part(1, 1)) / 2;
  // 0.6745 is the median of |N(0,1)|.
  return std::get<0>(diagonal.abs().flatten(2).squeeze(0).median(1)) / 0.6745;
}

}  // namespace pentimento
