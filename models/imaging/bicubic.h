// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// Matlab's imresize(picture, scale, 'bicubic') in floating point: a = -0.5, widened against aliasing where it shrinks,
// borders mirrored, neither rounded nor clamped. N x C x H x W -> N x C x ceil(scale H) x ceil(scale W).
torch::Tensor bicubic(const torch::Tensor& picture, double scale);

// The same of one axis of `size` samples, ceil(scale size) x size: for those who resize many pictures of one size.
torch::Tensor bicubic_matrix(int64_t size, double scale);

}  // namespace pentimento
