// SPDX-License-Identifier: GPL-3.0-or-later
#include "losses/region_loss.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr double kLeast = 1e-6;  // of a mean that is divided by

}  // namespace

Tensor region_l1(const Tensor& estimate, const Tensor& picture, const Tensor& region) {
  return ((estimate - picture) * region).abs().mean() / region.mean().clamp_min(kLeast);
}

Tensor gray_loss(const Tensor& mask) { return 1 / (mask - 0.5).abs().mean().clamp_min(kLeast); }

}  // namespace pentimento
