// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/bicubic.h"

#include <algorithm>
#include <cmath>

namespace pentimento {

using torch::Tensor;

Tensor bicubic_matrix(int64_t size, double scale) {
  const double shrunk = std::min(scale, 1.0), width = 4 / shrunk;
  const auto options = torch::dtype(torch::kDouble);
  const auto outputs = static_cast<int64_t>(std::ceil(static_cast<double>(size) * scale));
  const Tensor centre = (torch::arange(outputs, options).unsqueeze(1) + 0.5) / scale - 0.5;
  const Tensor taps = torch::floor(centre - width / 2) + torch::arange(std::ceil(width) + 2, options);
  const Tensor d = (shrunk * (centre - taps)).abs(), d2 = d.square(), d3 = d2 * d;
  Tensor weights = torch::where(d <= 1, 1.5 * d3 - 2.5 * d2 + 1,
                                torch::where(d <= 2, -0.5 * d3 + 2.5 * d2 - 4 * d + 2, torch::zeros_like(d)));
  weights /= weights.sum(1, true);
  const Tensor mirrored = taps.to(torch::kLong).remainder(2 * size);
  const Tensor inputs = torch::minimum(mirrored, 2 * size - 1 - mirrored);
  return torch::zeros({outputs, size}, options).scatter_add_(1, inputs, weights).to(torch::kFloat);
}

Tensor bicubic(const Tensor& picture, double scale) {
  const auto matrix = [&](int64_t axis) { return bicubic_matrix(picture.size(axis), scale).to(picture.device()); };
  return matrix(2).matmul(picture).matmul(matrix(3).t());
}

}  // namespace pentimento
