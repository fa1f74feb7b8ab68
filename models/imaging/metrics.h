// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// Peak signal-to-noise ratio in dB for pictures in 0..1 of the same shape; `picture` is clamped first.
double psnr(const torch::Tensor& picture, const torch::Tensor& reference);

// As the papers on super-resolution measure it: of Y' in its 8-bit range, without a margin of `border` pixels.
// N x 3 x H x W. Those who compare what is stored round to 8 bits before.
double psnr_y(const torch::Tensor& picture, const torch::Tensor& reference, int64_t border);

// Structural similarity (Wang et al. 2004) of the same: windows of 11 x 11, Gaussian of 1.5, that lie inside.
double ssim_y(const torch::Tensor& picture, const torch::Tensor& reference, int64_t border);

}  // namespace pentimento
