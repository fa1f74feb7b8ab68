// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "nets/dense_block.h"

namespace pentimento {

// The Haar transform of IRN, N x C x H x W -> N x 4C x H/2 x W/2 (H and W even): first the means of 2 x 2 pixels of all
// channels, then all differences left - right, top - bottom, and those of the diagonals, each divided by 4.
torch::Tensor haar(const torch::Tensor& picture);
torch::Tensor inverse_haar(const torch::Tensor& bands);

// One invertible block (section 3.2, equations 3 and 4; clamp 1). With x1 the first three channels and x2 the others:
// y1 = x1 + F(x2), y2 = x2 exp(s) + G(y1), s = 2 sigmoid(H(y1)) - 1.
class CouplingBlock : public torch::nn::Module {
 public:
  explicit CouplingBlock(int64_t channels);
  torch::Tensor forward(const torch::Tensor& x, torch::ScalarType type) const;
  torch::Tensor inverse(const torch::Tensor& y, torch::ScalarType type) const;

  const DenseBlock& f() const { return *f_; }
  const DenseBlock& g() const { return *g_; }
  const DenseBlock& h() const { return *h_; }

 private:
  std::shared_ptr<DenseBlock> f_, g_, h_;
};

// What shrinking gives: N x 3 x H/s x W/s, not yet rounded to 8 bits, and what does not fit into it,
// N x 3(s^2 - 1) x H/s x W/s.
struct Rescaled {
  torch::Tensor small, latent;
};

// The invertible rescaling network (IRN; Xiao et al., "Invertible Image Rescaling", ECCV 2020). At each level a Haar
// transform halves the picture, then coupling blocks move into the three channels of the small picture what its large
// one can be made from. Untrained it is the Haar transform alone. Parameters are called as in the authors' checkpoints
// ("operations.1.F.conv1.weight"; the Haar transforms count as operations), so that those can be imported.
class Rescaling : public torch::nn::Module {
 public:
  // `blocks`: how many coupling blocks each level has, from the large picture down. The scale is 2^levels. The paper's:
  // x2 {8}, 1,668,000 parameters with the Haar filters; x4 {8, 8}, 4,355,376; x8
  // {8, 8, 8}.
  explicit Rescaling(const std::vector<int64_t>& blocks);

  // N x 3 x H x W, R'G'B' in 0..1, H and W multiples of the scale. Differentiable; subnets compute in `type`.
  Rescaled shrink(const torch::Tensor& picture, torch::ScalarType type = torch::kFloat) const;
  // The inverse. An undefined latent stands for zeros.
  torch::Tensor enlarge(const torch::Tensor& small, const torch::Tensor& latent = {},
                        torch::ScalarType type = torch::kFloat) const;

  // N x 3s^2 x H x W of both; an undefined latent stands for zeros.
  torch::Tensor join(const torch::Tensor& small, const torch::Tensor& latent) const;

  int64_t scale() const { return int64_t{1} << levels_.size(); }
  using Level = std::vector<std::shared_ptr<CouplingBlock>>;
  const std::vector<Level>& levels() const { return levels_; }

 private:
  std::vector<Level> levels_;
};

// Rounded to the 256 values that 8 bits hold, in 0..1; the gradient passes as it is, also outside (straight-through).
torch::Tensor round_to_8_bits(const torch::Tensor& picture);

}  // namespace pentimento
