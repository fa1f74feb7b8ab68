// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <vector>

namespace pentimento {

// Adam (Kingma and Ba 2015) with PyTorch's default betas and epsilon, in one fused kernel for all parameters.
// Step counts are tensors on the parameters' device, which torch::optim::Adam's are not: a captured CUDA graph would
// replay its bias correction frozen.
class Adam {
 public:
  // `weight_decay` is added to the gradient, times the parameter.
  Adam(std::vector<torch::Tensor> parameters, double learning_rate, double weight_decay = 0);
  // Uses and clears the parameters' gradients. `skipped` (a float scalar on the parameters' device, if given): 1 where
  // this step must not be taken.
  void step(const torch::Tensor& skipped = {});
  void set_learning_rate(double learning_rate) { learning_rate_ = learning_rate; }
  // All it remembers: first and second moments and step counts, in the parameters' order.
  std::vector<std::vector<torch::Tensor>> memory() const { return {first_moments_, second_moments_, steps_}; }

 private:
  double learning_rate_, weight_decay_;
  std::vector<torch::Tensor> parameters_, first_moments_, second_moments_, steps_;
};

}  // namespace pentimento
