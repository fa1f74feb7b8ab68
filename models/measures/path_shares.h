// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <vector>

#include "nets/restorer.h"

namespace pentimento {

// By which of a network's paths a band of its result came, 0..1 each, their sum is 1: as detail of the picture
// (retained), through the abstract branch (extracted), or whatever the picture (invented).
struct PathShares {
  double retained, extracted, invented;
};

// Measured by intervention: v(S) is how much of a band of the result, 1 - |y_S - y|^2 / |y - mean y|^2, is there where
// only the paths of S carry this picture, and the others the means of their channels; L: the picture and the detail
// path's features, H: what the abstract branch adds and the field. The shares are Shapley's for two players (Shapley
// 1953), retained = ((v(L) - v(0)) + (v(LH) - v(H))) / 2 and so on, and v(0) is invented. One entry for each of five
// bands (imaging/wavelet.h), finest first; one with less in it than rounding to 8 bits makes (1/12 of a step squared)
// counts as retained. `picture`: 1 x 3 x H x W, R'G'B' in 0..1, any size; of one of more than a megapixel the middle is
// measured, for shrinking it would change its finest band.
std::vector<PathShares> path_shares(const Restorer& network, const torch::Tensor& picture);

}  // namespace pentimento
