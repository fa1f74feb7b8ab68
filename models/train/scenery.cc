// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/scenery.h"

namespace pentimento {

using torch::Tensor;

Tensor linear(const Tensor& encoded) {
  return torch::where(encoded <= 0.04045, encoded / 12.92, ((encoded.clamp_min(0) + 0.055) / 1.055).pow(2.4));
}

Tensor encoded(const Tensor& linear) {
  return torch::where(linear <= 0.0031308, linear * 12.92, 1.055 * linear.clamp_min(1e-9).pow(1 / 2.4) - 0.055);
}

Tensor uniform(int64_t count, double least, double most) {
  return least + (most - least) * torch::rand({count, 1, 1, 1});
}

Tensor landscape(int64_t height, int64_t width, int64_t cells, int64_t octaves, const Tensor& persistence) {
  Tensor sum = torch::zeros({persistence.size(0), 1, height, width}), strength = torch::ones_like(persistence);
  for (int64_t o = 0; o < octaves; ++o, cells *= 2) {
    const Tensor noise = torch::randn({persistence.size(0), 1, cells + 1, cells + 1});
    sum += strength * torch::upsample_bicubic2d(noise, {height, width}, true);
    strength = strength * persistence;
  }
  return sum;
}

}  // namespace pentimento
