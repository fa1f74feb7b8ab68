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
  Adam(std::vector<torch::Tensor> parameters, double learning_rate);
  // Uses and clears the parameters' gradients. `skipped` (a float scalar on the parameters' device, if given): 1 where
  // this step must not be taken.
  void step(const torch::Tensor& skipped = {});

 private:
  double learning_rate_;
  std::vector<torch::Tensor> parameters_, first_moments_, second_moments_, steps_;
};

}  // namespace pentimento
