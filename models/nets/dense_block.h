// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

namespace pentimento {

// The subnet of a coupling block ("DBNet" in Xiao et al., ECCV 2020, section 3.2): five 3 x 3 convolutions with zero
// padding, each of which sees the input and what all before it made. Starts as zero.
class DenseBlock : public torch::nn::Module {
 public:
  static constexpr int64_t kConvolutions = 5;
  static constexpr int64_t kGrowth = 32;  // channels that each but the last convolution adds
  static constexpr double kSlope = 0.2;   // of the LeakyReLU behind each but the last

  DenseBlock(int64_t in_channels, int64_t out_channels);

  // N x in_channels x H x W -> N x out_channels x H x W, float. Computes in `type`, float or bfloat16.
  torch::Tensor forward(const torch::Tensor& input, torch::ScalarType type = torch::kFloat) const;

  const torch::nn::Conv2d& convolution(int64_t index) const { return convolutions_[static_cast<size_t>(index)]; }
  int64_t in_channels() const { return in_channels_; }
  int64_t out_channels() const { return out_channels_; }

 private:
  int64_t in_channels_, out_channels_;
  std::vector<torch::nn::Conv2d> convolutions_;
};

}  // namespace pentimento
