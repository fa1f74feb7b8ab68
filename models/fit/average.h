// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// The exponential average of the estimates, kept on their device. It begins as an average over the last quarter of what
// there was, so that the untrained network's first outputs are forgotten quickly.
class Average {
 public:
  explicit Average(double memory) : memory_(memory) {}
  // `taken`: a bool scalar, whether the estimate counts.
  void update(const torch::Tensor& estimate, const torch::Tensor& taken);
  // Undefined before the first update.
  const torch::Tensor& value() const { return value_; }

 private:
  double memory_;
  torch::Tensor value_, count_;
};

}  // namespace pentimento
