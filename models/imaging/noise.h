// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// Standard deviation of white noise in every channel, 1 x C x H x W -> C, on the picture's scale. It is read off the
// high frequencies of those 8 x 8 blocks that have the least in their low frequencies (Ponomarenko et al., "An
// automatic approach to lossy compression of AVIRIS images", IGARSS 2007), so that texture does not count as noise; of
// pictures too small for that, off the finest diagonal wavelet band (Donoho and Johnstone 1994). Sides >= 2. `clipped`
// (1 x 1 x H x W, bool, if given): samples whose noise is cut off; blocks that hold some tell too little of it.
torch::Tensor estimate_noise(const torch::Tensor& picture, const torch::Tensor& clipped = {});

// Where a channel of `picture` is at the end of 0..1 or beyond: 1 x 1 x H x W, bool.
torch::Tensor clipped_samples(const torch::Tensor& picture);

}  // namespace pentimento
