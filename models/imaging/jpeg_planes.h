// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace pentimento {

// How a JPEG file stores a picture: the planes of JFIF (full-range Y'CbCr of ITU-R BT.601), each on its own grid of
// samples and, of those, blocks of 8 x 8. Planes are H x W on the picture's scale, Cb and Cr around 0.

// 1 x C x H x W, C = 1 or 3 -> C x H x W and back. Grey is its own Y'.
torch::Tensor to_ycc(const torch::Tensor& picture);
torch::Tensor from_ycc(const torch::Tensor& planes);

// How many pixels one stored sample covers, down and across: {2, 2} is 4:2:0, {1, 2} is 4:2:2.
struct Sampling {
  int64_t down = 1, across = 1;
  bool full() const { return down == 1 && across == 1; }
};

// Sides must be multiples of the sampling. The mean over the pixels of every sample, as encoders shrink.
torch::Tensor subsample(const torch::Tensor& plane, Sampling sampling);
// As decoders enlarge ("fancy upsampling" of libjpeg: a triangle filter).
torch::Tensor upsample(const torch::Tensor& plane, Sampling sampling);
// The stored samples of a plane that upsample() made, up to rounding.
torch::Tensor undo_upsample(const torch::Tensor& plane, Sampling sampling);

// The DCT of the blocks of a plane, whose sides are multiples of 8: rows x columns of blocks x 8 x 8. Differentiable.
torch::Tensor to_blocks(const torch::Tensor& plane);
torch::Tensor from_blocks(const torch::Tensor& blocks);

}  // namespace pentimento
