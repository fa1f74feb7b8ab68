// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <functional>

#include "nets/fused/lanes.h"

namespace pentimento {

// Batch normalisation of a picture (1 x C x H x W, channels innermost) over its pixels, eps 1e-5, then LeakyReLU: what
// the fused steps that begin with it share.

// 4 x C: a and b of a x + b, the mean, 1 / deviation.
torch::Tensor normalisation(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias);

Activated activated(const torch::Tensor& normalisation, double slope);

struct NormalisationGradients {
  torch::Tensor by_weight, by_bias;
};
// `row` finds a row of the gradient by the activated picture, or makes it in the buffer that it is handed. `by_input`
// may be where these rows are.
NormalisationGradients normalisation_backward(const torch::Tensor& input, const torch::Tensor& normalisation,
                                              double slope,
                                              const std::function<const float*(int64_t, std::vector<float>&)>& row,
                                              const torch::Tensor& by_input);

}  // namespace pentimento
