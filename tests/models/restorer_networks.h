// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <memory>

#include "nets/restorer.h"

namespace pentimento {

// An untrained restorer does nothing: one with weights of a size that trained ones have.
inline std::shared_ptr<Restorer> trained_a_little(const RestorerShape& shape) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(5);
  auto network = std::make_shared<Restorer>(shape);
  for (torch::Tensor& p : network->parameters())
    p.add_(torch::randn(p.sizes()) * (p.dim() > 1 ? 0.3 / std::sqrt(static_cast<double>(p[0].numel())) : 0.02));
  return network;
}

}  // namespace pentimento
