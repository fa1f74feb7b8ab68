// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nets/rescaling.h"

namespace pentimento {

struct LossWeights {
  double guidance = 1;  // times scale^2, as in the paper
  double distribution = 1;
  bool normal_latent = false;  // enlarge with a normal latent, as in the paper, instead of zeros
};

// Each the paper's divided by the samples of a picture, so that learning rates and clipping mean the same at any size.
struct RescalingLoss {
  torch::Tensor total, restoration, guidance, distribution;  // the three without their weights
};

// The losses of IRN (Xiao et al. 2020, section 3.3, with its cross entropy for the distribution) of pictures N x 3 x H
// x W whose small ones should look like `small`; the subnets compute in `type`. `grey`, N x 1 x 1 x 1 of bool or
// undefined: those whose small picture is made grey, as rescaling makes it of a grey picture.
RescalingLoss rescaling_loss(const Rescaling& network, const torch::Tensor& pictures, const torch::Tensor& small,
                             const LossWeights& weights, torch::ScalarType type, const torch::Tensor& grey = {});

}  // namespace pentimento
