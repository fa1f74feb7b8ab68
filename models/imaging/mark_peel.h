// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>

namespace pentimento {

// Pictures without a mark that lay over all of them in the same place.
struct Unmarked {
  torch::Tensor clean;    // n x C x H x W, the pictures' own samples where there is no mark
  torch::Tensor opacity;  // 1 x 1 x H x W, 0..1; 0 everywhere: no mark was found
  torch::Tensor hidden;   // 1 x 1 x H x W, 0 and 1: where the mark is too opaque to be read through; filled
  torch::Tensor paint;    // 1 x C x H x W, the mark's colour where it is
};

// Takes the mark off, tone by tone (a mark may be of several colours). On its rims, whose opacity is anything between
// none and the mark's, the opacity is the one that comes nearest to a fill from both sides. `pictures` n x C x H x W in
// 0..1, `hint` 1 x 1 x H x W of 0 and 1, where the mark may be. `alive` is called now and then, and may throw.
Unmarked peel_mark(const torch::Tensor& pictures, const torch::Tensor& hint, uint64_t seed,
                   const std::function<void()>& alive);

// Where three or more pictures have edges in common, and what these enclose: 1 x 1 x H x W of 0 and 1 (after the
// consistent gradients of Dekel, Rubinstein, Liu, Freeman, CVPR 2017).
torch::Tensor common_edges(const torch::Tensor& pictures);

}  // namespace pentimento
