// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <functional>

namespace pentimento {

// The holes filled from their surroundings, ever coarser where they are wide ("pull-push", Gortler et al., SIGGRAPH
// 1996): smooth, no texture. `picture` 1 x C x H x W, `known` 1 x 1 x H x W of 0 and 1.
torch::Tensor pull_push(const torch::Tensor& picture, const torch::Tensor& known);

// The holes filled so that overlapping DCT blocks of `block` (8 or 16) pixels a side become sparse: thresholds that
// fall from pass to pass, the known samples put back after each (Elad, Starck et al., "Simultaneous cartoon and texture
// image inpainting", 2005). For holes not much wider than ten pixels, also where most of the picture is missing.
// `noise` is the standard deviation that the last threshold stands for. `after_pass` is called after each of `passes`,
// and may throw.
torch::Tensor sparse_fill(const torch::Tensor& picture, const torch::Tensor& known, int64_t block, double noise,
                          int64_t passes, const std::function<void()>& after_pass);

}  // namespace pentimento
