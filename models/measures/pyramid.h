// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

namespace pentimento {

constexpr int64_t kMeasuredBands = 5;

// One step of the a-trous wavelet transform (imaging/wavelet.h) with its holes closed: K x H x W smoothed with the
// cubic B-spline, both ways, edges replicated.
torch::Tensor b_spline(const torch::Tensor& planes);

// Every second sample both ways, from the first on: of smoothed planes the next level of the transform.
torch::Tensor every_second(const torch::Tensor& planes);

// R'G'B' or grey, ... C x H x W -> the luminance Y' (Rec. 601), ... 1 x H x W.
torch::Tensor luminance(const torch::Tensor& picture);

// The kMeasuredBands bands of a plane, H x W, the finest first; band b holds those coefficients of the a-trous band
// whose place is a multiple of 2^b: as many as say all of it.
std::vector<torch::Tensor> measured_bands(const torch::Tensor& plane);

}  // namespace pentimento
