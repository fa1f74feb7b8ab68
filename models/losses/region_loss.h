// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// The losses that Double-DIP's published code separates a foreground with. All tensors 1 x C x H x W, masks one
// channel.

// How far `estimate` is from `picture` where `region` (0..1) is, in the mean over it ("extended L1").
torch::Tensor region_l1(const torch::Tensor& estimate, const torch::Tensor& picture, const torch::Tensor& region);

// Least where a mask in 0..1 is all 0 and 1: 1 / mean |mask - 1/2|.
torch::Tensor gray_loss(const torch::Tensor& mask);

}  // namespace pentimento
