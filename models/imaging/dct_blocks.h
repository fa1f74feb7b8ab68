// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

constexpr int64_t kDctBlock = 8;

// Rows: the orthonormal DCT-II of length n.
torch::Tensor dct_matrix(int64_t n);

// The noise in the coefficients of a block, which may depend on where its corner lies on a grid of 8 x 8.
struct BlockNoise {
  torch::Tensor variance;  // 8 x 8 x 8 x 8: row of the corner mod 8, column mod 8, vertical frequency, horizontal one
  static BlockNoise white(double sigma);
};

// Shrinks the DCT coefficients of every 8 x 8 block of `plane` (H x W, float, on the CPU, sides >= 8), puts the blocks
// back and averages them, each weighted by how little noise it keeps. Without a pilot, coefficients below `threshold`
// standard deviations are dropped; with one (a first estimate of the same size), they are Wiener-filtered by its
// spectrum.
torch::Tensor shrink_blocks(const torch::Tensor& plane, const BlockNoise& noise, double threshold,
                            const torch::Tensor& pilot);

}  // namespace pentimento
