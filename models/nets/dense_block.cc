// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/dense_block.h"

#include <string>

namespace pentimento {

using torch::Tensor;

DenseBlock::DenseBlock(int64_t in_channels, int64_t out_channels)
    : in_channels_(in_channels), out_channels_(out_channels) {
  const torch::NoGradGuard no_grad;
  for (int64_t k = 0; k < kConvolutions; ++k) {
    const bool last = k == kConvolutions - 1;
    torch::nn::Conv2d convolution(
        torch::nn::Conv2dOptions(in_channels + k * kGrowth, last ? out_channels : kGrowth, 3).padding(1));
    if (last)
      convolution->weight.zero_();
    else
      torch::nn::init::xavier_normal_(convolution->weight).mul_(0.1);
    convolution->bias.zero_();
    convolutions_.push_back(register_module("conv" + std::to_string(k + 1), convolution));
  }
}

Tensor DenseBlock::forward(const Tensor& input, torch::ScalarType type) const {
  Tensor features = input.to(type).contiguous(torch::MemoryFormat::ChannelsLast);
  for (int64_t k = 0;; ++k) {
    const torch::nn::Conv2d& convolution = convolutions_[static_cast<size_t>(k)];
    const Tensor made = torch::conv2d(features, convolution->weight.to(type), convolution->bias.to(type), 1, 1);
    if (k == kConvolutions - 1) return made.to(torch::kFloat);
    features = torch::cat({features, torch::leaky_relu(made, kSlope)}, 1);
  }
}

}  // namespace pentimento
