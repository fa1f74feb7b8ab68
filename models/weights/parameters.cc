// SPDX-License-Identifier: GPL-3.0-or-later
#include "weights/parameters.h"

namespace pentimento {

using torch::Tensor;

bool assign_parameters(torch::nn::Module& module, const Parameters& values) {
  const torch::NoGradGuard no_grad;
  const auto own = module.named_parameters();
  if (own.size() != values.size()) return false;
  for (const auto& item : own) {
    const auto given = values.find(item.key());
    if (given == values.end() || !given->second.is_floating_point() || given->second.sizes() != item.value().sizes())
      return false;
    Tensor parameter = item.value();
    parameter.copy_(given->second);
  }
  return true;
}

Parameters parameters_of(const torch::nn::Module& module, torch::ScalarType type) {
  Parameters result;
  for (const auto& item : module.named_parameters()) result[item.key()] = item.value().detach().to(type);
  return result;
}

}  // namespace pentimento
