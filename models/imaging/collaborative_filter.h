// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// A classical estimate of a noisy picture: similar 8 x 8 blocks are stacked, and what is common to them is told from
// the noise by shrinking their three-dimensional transform (Dabov, Foi, Katkovnik, Egiazarian, "Image denoising by
// sparse 3-D transform-domain collaborative filtering", IEEE TIP 2007; for colour CBM3D, ICIP 2007): first with a hard
// threshold, then as a Wiener filter whose spectrum the first estimate tells. Planes are decorrelated, blocks compared
// in the first of them. Built for a whole picture's noise; its parts may then be restored apart, without seams.
class CollaborativeFilter {
 public:
  // Estimates the noise of every decorrelated plane of `picture`, 1 x C x H x W, sides >= 2.
  explicit CollaborativeFilter(const torch::Tensor& picture);

  // 1 x C x h x w -> the same; sides >= 8.
  torch::Tensor operator()(const torch::Tensor& part) const;

  // Of the noise, a sample: the mean over the planes.
  double variance() const;

 private:
  torch::Tensor sigma_;  // C
};

}  // namespace pentimento
