// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <vector>

#include "nets/restorer.h"

namespace pentimento {

// Heads that exist while a network is trained: what the detail path must tell by itself.
class RestorerHeads : public torch::nn::Module {
 public:
  explicit RestorerHeads(const Restorer& network);
  // From the detail path's features: the differences that Haar's transform gives of the clean picture, less those of
  // the degraded one, N x 9 x H/2 x W/2.
  torch::Tensor differences(const torch::Tensor& detail) const;

 private:
  torch::nn::Conv2d differences_;
};

// Mean absolute error plus `squared` times the mean squared one.
torch::Tensor plain_loss(const torch::Tensor& restored, const torch::Tensor& clean, double squared);

// sum over bands b of w_b mean |B_b (restored - clean)|, a-trous wavelets, plus the squared error as above. w_b is
// inverse to the root of the band's standard deviation in photographs, so that fine bands, which hold little, are not
// starved.
torch::Tensor band_weighted_loss(const torch::Tensor& restored, const torch::Tensor& clean, double squared);

// What both ends of a network learn from: the loss of the result, and where that has a detail path and an abstract
// branch those of each by itself (deep supervision): the field alone must give the clean picture's low-pass, the detail
// path alone its high-pass. One value each.
std::vector<torch::Tensor> balanced_losses(const Restorer& network, const RestorerHeads& heads,
                                           const torch::Tensor& degraded, const torch::Tensor& clean, double squared,
                                           torch::ScalarType type);

}  // namespace pentimento
