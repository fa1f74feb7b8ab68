// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// Labels of a small version of a picture (1 x 1 x h x w of 0 and 1) carried up to it (1 x C x H x W): a mask, 1 x 1 x H
// x W in 0..1, soft at the edges, where it follows the picture's colours by a guided filter.
torch::Tensor carried_up(const torch::Tensor& labels, const torch::Tensor& picture);

// A picture as two layers and the mask that mixes them, I = m F + (1 - m) B; all 1 x C x H x W in 0..1.
struct Layers {
  torch::Tensor foreground, background;
};

// The layers of `picture` under `mask`: nearest to `background`, and to the foreground's own colours extended behind
// its edge, of all that mix to the picture exactly.
Layers mixed_from(const torch::Tensor& picture, const torch::Tensor& mask, const torch::Tensor& background);

}  // namespace pentimento
