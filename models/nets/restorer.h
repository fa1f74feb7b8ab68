// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace pentimento {

// How a restorer is built.
struct RestorerShape {
  static constexpr int64_t kMostDepth = 5;

  int64_t width = 16;  // channels at half the picture's resolution; four times as many at level 1, then six times
  int64_t depth = 4;   // levels of abstraction below that, 0..5
  // Whether a detail path keeps all that the picture holds. Without one it is the usual encoder-decoder, strided
  // convolutions and nothing around its narrowest place: what the ablation of tests/bench/README.md compares with.
  bool detail = true;
  // Shorter side, in pixels, of what it was trained on, where that was whole scenes: haze and shadow are told by what
  // is far away, and smooth. Larger pictures are then shrunk to it, and only the gain is carried up. 0: any size.
  int64_t side = 0;
};

// Two 3 x 3 convolutions whose result is added to what they saw.
class ResidualBlock : public torch::nn::Module {
 public:
  explicit ResidualBlock(int64_t channels);
  torch::Tensor forward(const torch::Tensor& input) const;

 private:
  torch::nn::Conv2d first_, second_;
};

// A restoration network built by the rules that follow from Kang et al., "Rethinking Generative Methods for Image
// Restoration in Physics-based Vision" (2022): as deep as abstraction pays; Haar transforms, which lose nothing,
// between the levels; a detail path of at least as many numbers as the picture at every cut; an abstract branch that
// begins as nothing, so that the untrained network changes nothing.
//
// result = picture * gain_of(logarithm) + residual. The detail path, at half the resolution, makes the residual and the
// fine part of the logarithm; the abstract branch adds to its features, and the smooth part of the logarithm (the
// field).
class Restorer : public torch::nn::Module {
 public:
  explicit Restorer(const RestorerShape& shape);

  // N x 3 x H x W, R'G'B' in 0..1, H and W multiples of multiple() -> the same size, not clamped. Computes in `type`,
  // float or bfloat16.
  torch::Tensor forward(const torch::Tensor& picture, torch::ScalarType type = torch::kFloat) const;

  // What the abstract branch gives: undefined where depth is 0.
  struct Abstraction {
    torch::Tensor deepest;  // its innermost features, N x C x H/2^(depth+1) x W/2^(depth+1)
    torch::Tensor joined;   // what the detail path's features get added, N x width x H/2 x W/2
    torch::Tensor
        field;  // smooth part of the gain's logarithm, N x 3 x H/4 x W/4, float; undefined without a detail path
    std::vector<torch::Tensor> levels;  // features on the way down, from level 1 to the deepest
  };

  // forward() in its parts, for measures and losses: the detail path's features, N x width x H/2 x W/2; then the
  // abstract branch from those; then the picture from both. Either may be replaced by that of another picture.
  torch::Tensor detail(const torch::Tensor& picture, torch::ScalarType type = torch::kFloat) const;
  Abstraction abstraction(const torch::Tensor& detail, torch::ScalarType type = torch::kFloat) const;
  torch::Tensor restored(const torch::Tensor& picture, const torch::Tensor& detail, const Abstraction& abstraction,
                         torch::ScalarType type = torch::kFloat) const;

  const RestorerShape& shape() const { return shape_; }
  int64_t multiple() const { return int64_t{2} << shape_.depth; }
  // How many pixels beyond a border between two cells of multiple() x multiple() pixels one side is seen from the
  // other.
  int64_t reach() const;
  // Channels at a level, 0 to depth.
  int64_t channels(int64_t level) const;
  // Numbers of each cut through the network between two levels, over those of the picture: from the entry on down.
  std::vector<double> dimension_ratios() const;
  // Where all paths begin, and the deepest level: where a training looks at gradients. Depth 1 and more.
  const torch::Tensor& entry() const { return entry_->weight; }
  std::vector<torch::Tensor> deepest_parameters() const { return down_blocks_.back()->parameters(); }

 private:
  RestorerShape shape_;
  torch::nn::Conv2d entry_{nullptr}, head_{nullptr}, field_{nullptr};
  std::vector<std::shared_ptr<ResidualBlock>> before_, after_, down_blocks_, up_blocks_;
  std::vector<torch::nn::Conv2d> down_, up_;
};

// The gain, N x 3 x H x W, of what the network makes: exp, softly held within e^-1.5 and e^1.5.
torch::Tensor gain_of(const torch::Tensor& logarithm);

// The largest width with at most so many parameters.
int64_t width_for(int64_t parameters, int64_t depth, bool detail);

}  // namespace pentimento
