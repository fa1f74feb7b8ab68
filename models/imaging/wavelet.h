// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <vector>

namespace pentimento {

// The undecimated ("a trous") wavelet transform with the cubic B-spline (Starck, Murtagh, Fadili, "Sparse Image and
// Signal Processing", section 3.2): N x C x H x W -> `bands` bands of that size, the finest first, and the smooth rest.
// Their sum is the picture. Edges are replicated.
std::vector<torch::Tensor> wavelet_bands(const torch::Tensor& picture, int64_t bands);

}  // namespace pentimento
