// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>

namespace pentimento {

// Bicubic, `factor` times as large a side: what "ordinary enlargement" means here. May overshoot 0..1.
torch::Tensor enlarge_bicubic(const torch::Tensor& small, int64_t factor);

// Iterative back-projection (Irani and Peleg 1991): moves `estimate` until lanczos_downsample(estimate, factor, 2) is
// `small`, kept in 0..1 on the way, so that it is met only as far as that allows. 1 x C x h*factor x w*factor and
// 1 x C x h x w.
torch::Tensor back_project(torch::Tensor estimate, const torch::Tensor& small, int64_t factor, int64_t steps);

// The classical enlargement of `small`, R'G'B' or grey in 0..1 with factor * side >= 8: DCT shrinkage of falling
// strength, and back-projection after each (Guleryuz, "Nonlinear approximation based image recovery", IEEE TIP 2006,
// part I, with the downsampling as what is known). `go_on` is asked before every round.
torch::Tensor enlarge_sparsely(const torch::Tensor& small, int64_t factor, const std::function<bool()>& go_on);

}  // namespace pentimento
