// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <functional>
#include <vector>

namespace pentimento {

// One band of the a-trous wavelet transform of the result's luminance.
struct BandBits {
  double bits = 0;  // a coefficient, at the resolution of an 8-bit level's rounding error, 1/255/sqrt(12)
  double retained = 1, extracted = 0, invented = 0;  // shares of them, sum 1
  double redundancy = 0;  // co-information in bits: what copy and abstraction both tell; negative: only both together
};

struct BitBudget {
  std::vector<BandBits> bands;  // kMeasuredBands, the finest first
  torch::Tensor shares;         // 1 x 3 x H x W: retained, extracted, invented, sum 1 in every pixel
};

// Where the bits of `result` come from (Kang et al., "Rethinking Generative Methods for Image Restoration in
// Physics-based Vision", 2022, made measurable): with V the variance of a band of it, R(c) what a local linear copy of
// `original` leaves of that, R(c,a) what is left with abstract features besides, s the resolution,
//   bits = log2(V/s^2)/2 = log2(V/R(c))/2 + log2(R(c)/R(c,a))/2 + log2(R(c,a)/s^2)/2 = retained + extracted + invented,
// the first two as the mean over both orders of copy and features (Shapley). Variances are those of ordinary least
// squares in blocks of about 64 x 64 samples; bits are means over the blocks. Samples whose surroundings are the
// original's own within half a level are retained. Invented is an upper bound: what no linear sum of the features
// tells.
//
// result, original: 1 x C x H x W, C 1 or 3, R'G'B' in 0..1, of one size. features: M x h x w over the same picture, or
// undefined: then a fixed bank of non-local and non-linear looks at the original stands for them (explanations.h), of
// which only that counts which no copy tells. hole: H x W, bool, or undefined: pixels that are invented by
// construction. `step` is called after every part of the work with its share; what it throws passes through.
BitBudget bit_budget(const torch::Tensor& result, const torch::Tensor& original, const torch::Tensor& features,
                     const torch::Tensor& hole, const std::function<void(double)>& step);

}  // namespace pentimento
