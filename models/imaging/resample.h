// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// The paper's fixed downsampler: a separable Lanczos kernel of `lobes` (2 or 3) centred on blocks of factor x factor
// (phase 1/2 where the factor is even), edges replicated, differentiable. N x C x H x W -> N x C x ceil(H/factor) x
// ceil(W/factor); factor >= 2.
torch::Tensor lanczos_downsample(const torch::Tensor& picture, int64_t factor, int64_t lobes);

// Area average to exactly height x width (both no larger than the picture's): no ringing, no aliasing.
torch::Tensor area_shrink(const torch::Tensor& picture, int64_t height, int64_t width);

// The picture shrunk, with its aspect kept, to at most `pixels` pixels; itself where it has no more.
torch::Tensor fit_within(const torch::Tensor& picture, int64_t pixels);

// What of the picture is wider than about `side` pixels: area means, enlarged again.
torch::Tensor low_band(const torch::Tensor& picture, int64_t side);

// Bilinear, to exactly height x width.
torch::Tensor enlarge(const torch::Tensor& picture, int64_t height, int64_t width);

}  // namespace pentimento
