// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// The exclusion loss (Zhang, Ng, Chen, CVPR 2018, section 3.3, as Double-DIP uses it): how much two layers have edges
// in the same places. 0 where one of them is flat wherever the other is not. At three scales, each half of the one
// before, over every pair of channels: the fourth root of the mean product of the squared, squashed forward
// differences. Both 1 x C x H x W, sides >= 8; a differentiable scalar.
torch::Tensor exclusion_loss(const torch::Tensor& one, const torch::Tensor& other);

}  // namespace pentimento
