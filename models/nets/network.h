// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// What the fit loop needs of a network: its parameters (torch::nn::Module has them) and one tensor in, one out.
struct Network : torch::nn::Module {
  virtual torch::Tensor forward(const torch::Tensor& input) = 0;
};

}  // namespace pentimento
