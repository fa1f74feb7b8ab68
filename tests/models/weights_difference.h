// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <algorithm>

namespace pentimento {

// The largest difference between two networks' parameters, in order.
inline double difference(const torch::nn::Module& a, const torch::nn::Module& b) {
  double most = 0;
  const auto p = a.parameters(), q = b.parameters();
  for (size_t i = 0; i < p.size(); ++i) most = std::max(most, (p[i] - q[i]).abs().max().item<double>());
  return most;
}

}  // namespace pentimento
