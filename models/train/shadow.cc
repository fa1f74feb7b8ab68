// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/degradations.h"

#include "errors.h"
#include "train/scenery.h"

namespace pentimento {

using torch::Tensor;

Tensor with_shadow(const Tensor& clean) {
  const int64_t n = clean.size(0), height = clean.size(2), width = clean.size(3);
  const Tensor shape = landscape(height, width, 2, 4, uniform(n, 0, 0.5));
  // The height above which just the share of the picture lies that is in shadow.
  const Tensor sorted = std::get<0>(shape.flatten(1).sort(1));
  const Tensor share = uniform(n, 0.15, 0.5).flatten();
  const Tensor rank = ((1 - share) * static_cast<double>(height * width - 1)).to(torch::kLong);
  const Tensor edge = sorted.gather(1, rank.unsqueeze(1)).view({n, 1, 1, 1});
  const Tensor softness = uniform(n, 0.015, 0.15) * shape.std({2, 3}, true, true).clamp_min(1e-6);
  const Tensor mask = ((shape - edge) / softness).sigmoid().to(clean.device());
  const Tensor sky = torch::cat({uniform(n, 0.7, 0.9), uniform(n, 0.85, 1), uniform(n, 1.05, 1.4)}, 1);
  const Tensor gain = (uniform(n, 0.15, 0.4) * sky).to(clean.device());
  return encoded(linear(clean) * (1 - mask * (1 - gain))).clamp(0, 1);
}

Degradation find_degradation(const std::string& task) {
  if (task == "rain") return with_rain;
  if (task == "haze") return with_haze;
  TORCH_CHECK(task == "shadow");
  return with_shadow;
}

}  // namespace pentimento
