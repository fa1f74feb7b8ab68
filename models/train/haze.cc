// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/degradations.h"
#include "train/scenery.h"

namespace pentimento {

using torch::Tensor;

Tensor with_haze(const Tensor& clean) {
  const int64_t n = clean.size(0), height = clean.size(2), width = clean.size(3);
  const Tensor tilt = uniform(n, -0.5, 0.5);
  const Tensor y = torch::linspace(1, 0, height).view({1, 1, -1, 1});
  const Tensor x = torch::linspace(-0.5, 0.5, width).view({1, 1, 1, -1});
  const Tensor hills = landscape(height, width, 2, 4, torch::full({n, 1, 1, 1}, 0.5));
  const Tensor ground = (y * tilt.cos() + x * tilt.sin()) * uniform(n, 0.3, 1) + hills * uniform(n, 0, 0.25);
  const Tensor least = ground.amin({2, 3}, true), most = ground.amax({2, 3}, true);
  const Tensor depth = (ground - least) / (most - least + 1e-6);
  const Tensor transmission = (-(uniform(n, 0.05, 0.25) + depth * uniform(n, 0.3, 1))).exp().to(clean.device());
  // From bluish, as in clear air, to the brown of smoke and dust.
  const Tensor tint = torch::cat({uniform(n, 0.85, 1), uniform(n, 0.85, 1), uniform(n, 0.6, 1)}, 1);
  const Tensor airlight = (uniform(n, 0.6, 0.95) * tint / tint.amax(1, true)).to(clean.device());
  return encoded(linear(clean) * transmission + (1 - transmission) * airlight).clamp(0, 1);
}

}  // namespace pentimento
