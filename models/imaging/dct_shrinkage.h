// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// The DCT across the channels, a fixed approximation of their principal components, and its inverse: N x C x H x W ->
// the same.
torch::Tensor decorrelate(const torch::Tensor& picture);
torch::Tensor correlate(const torch::Tensor& planes);

// A classical estimate of a noisy picture in a decorrelated colour space: overlapping 8x8 DCT blocks, hard-thresholded
// (Yu and Sapiro, "DCT image denoising", IPOL 2011), then Wiener-filtered with that first estimate as the signal's
// spectrum. Built for a whole picture's noise; its parts may then be restored apart, without seams.
class DctShrinkage {
 public:
  // Estimates the noise of every decorrelated plane of `picture`, 1 x C x H x W, sides >= 2.
  explicit DctShrinkage(const torch::Tensor& picture);

  // 1 x C x h x w -> the same; sides >= 8.
  torch::Tensor operator()(const torch::Tensor& part) const;

  // Of the noise, a sample: the mean over the planes.
  double variance() const;

 private:
  torch::Tensor sigma_;  // C
};

}  // namespace pentimento
