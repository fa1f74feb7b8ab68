// SPDX-License-Identifier: GPL-3.0-or-later
#include "losses/exclusion.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kLevels = 3;
// The fourth root is infinitely steep at 0.
constexpr double kSmallest = 1e-12;

// Squared forward differences along `axis`, squashed to 0..1: C x samples.
Tensor edges(const Tensor& picture, int64_t axis) {
  return torch::tanh(torch::diff(picture, 1, axis) / 2).square().flatten(2)[0];
}

}  // namespace

Tensor exclusion_loss(const Tensor& one, const Tensor& other) {
  Tensor a = one, b = other, sum = torch::zeros({}, one.options());
  for (int64_t level = 0; level < kLevels; ++level) {
    for (const int64_t axis : {3, 2}) {
      const Tensor u = edges(a, axis), v = edges(b, axis);
      const Tensor pairs = torch::mm(u, v.t()) / static_cast<double>(u.size(1));
      sum = sum + (pairs + kSmallest).pow(0.25).mean();
    }
    if (level + 1 == kLevels) break;
    a = torch::avg_pool2d(a, 2);
    b = torch::avg_pool2d(b, 2);
  }
  return sum / (2.0 * kLevels);
}

}  // namespace pentimento
