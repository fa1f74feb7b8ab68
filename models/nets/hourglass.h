// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "nets/network.h"

namespace pentimento {

enum class Downsampling { kStride, kAverage, kMax, kLanczos2, kLanczos3 };
enum class Upsampling { kNearest, kBilinear, kBilinearAligned };  // aligned: align_corners, as in Double-DIP
enum class Padding { kReflection, kZero };
enum class Activation { kLeakyRelu, kSwish, kElu, kNone };

// The hourglass ("skip") network of Deep Image Prior (Ulyanov et al. 2018, supplementary material, figure 21).
// One entry per scale, the finest first; the defaults are the paper's denoising network: its 2,217,831 parameters less
// the 2,580 biases of convolutions that a batch normalisation follows, which cannot have an effect.
struct HourglassOptions {
  int64_t in_channels = 32;
  int64_t out_channels = 3;
  std::vector<int64_t> down = {128, 128, 128, 128, 128};
  std::vector<int64_t> up = {128, 128, 128, 128, 128};
  std::vector<int64_t> skip = {4, 4, 4, 4, 4};  // 0: no skip connection at that scale
  std::vector<int64_t> down_kernel = {3, 3, 3, 3, 3};
  std::vector<int64_t> up_kernel = {3, 3, 3, 3, 3};
  std::vector<Upsampling> upsampling = std::vector<Upsampling>(5, Upsampling::kBilinear);
  Downsampling downsampling = Downsampling::kStride;
  Padding padding = Padding::kReflection;
  Activation activation = Activation::kLeakyRelu;
  bool pointwise_up = true;  // a 1x1 convolution after each scale's last one
  bool sigmoid = true;
  bool starts_at_zero = false;  // the last convolution does: for corrections to a first estimate

  // The same shape at every scale: what most recipes use.
  static HourglassOptions uniform(int64_t in_channels, int64_t scales, int64_t width, int64_t skip,
                                  int64_t out_channels);
};

// 1 x in_channels x H x W -> 1 x out_channels x H x W, in 0..1 with a sigmoid.
// Any H and W of at least min_side() where every scale has a skip connection; multiples of 2^scales otherwise.
// Batch normalisation always uses the statistics of the picture at hand, also for the final estimate.
class Hourglass : public Network {
 public:
  explicit Hourglass(const HourglassOptions& options);
  torch::Tensor forward(const torch::Tensor& input) override;

  // The smallest side that reflection padding can pad at the deepest scale.
  int64_t min_side() const;

 private:
  struct Scale;
  // `input` is padded already for the convolution that shrinks it.
  torch::Tensor scale(const torch::Tensor& input, size_t index);
  torch::Tensor join(const torch::Tensor& skip, const torch::Tensor& deep, size_t index);
  // The padding that a convolution of that kernel wants in front of it.
  int64_t pad_for(int64_t kernel) const { return options_.padding == Padding::kReflection ? kernel / 2 : 0; }
  torch::Tensor convolve(const torch::Tensor& input, torch::nn::Conv2d& convolution) const;
  // finish() with the padding that the convolution wants, and the convolution.
  torch::Tensor finish_and_convolve(const torch::Tensor& input, torch::nn::BatchNorm2d& norm, bool activated,
                                    torch::nn::Conv2d& convolution) const;
  // Normalised, activated if asked, and padded for the convolution that follows.
  torch::Tensor finish(const torch::Tensor& input, torch::nn::BatchNorm2d& norm, bool activated, int64_t pad) const;
  // Whether the activation is a LeakyReLU, or none: one of slope 1.
  bool leaky() const;
  double slope(bool activated) const;
  torch::Tensor activate(const torch::Tensor& input) const;
  torch::Tensor shrink(const torch::Tensor& input) const;

  HourglassOptions options_;
  std::vector<std::shared_ptr<Scale>> scales_;
  torch::nn::Conv2d last_{nullptr};
};

}  // namespace pentimento
