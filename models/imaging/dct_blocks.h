// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

constexpr int64_t kDctBlock = 8;

// Rows: the orthonormal DCT-II of length n.
torch::Tensor dct_matrix(int64_t n);

// Shrinks the DCT coefficients of every 8 x 8 block of `plane` (H x W, float, on the CPU, sides >= 8), puts the blocks
// back and averages them, each weighted by how sparse it became. Without a pilot, coefficients below `threshold` times
// `sigma` are dropped; with one (a first estimate of the same size), they are Wiener-filtered by its spectrum.
torch::Tensor shrink_blocks(const torch::Tensor& plane, double sigma, double threshold, const torch::Tensor& pilot);

}  // namespace pentimento
