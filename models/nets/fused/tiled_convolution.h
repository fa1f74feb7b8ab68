// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <vector>

#include "nets/fused/lanes.h"

namespace pentimento {

// Convolutions of stride 1 with 3x3 (Winograd's F(4x4, 3x3)) or 1x1 weights, O x C x k x k, over blocks of tiles that
// stay in the caches. Pictures have the channels innermost; O, C >= kLanes. The same bits whatever the number of
// threads.

// What a convolution reads, k / 2 pixels more than its output on every side: where each row and column lies in a
// picture, in floats from its first pixel; kNowhere: zero.
constexpr int64_t kNowhere = -1;
struct Reading {
  const float* data;
  int64_t channels;
  std::vector<int64_t> rows, columns;
  Activated activated;
};

enum class Rim { kZero, kMirrored };
// A picture of h x w pixels with `rim` more on every side.
Reading reading(const torch::Tensor& picture, int64_t pad, Rim rim, const Activated& activated = {});

// 1 x O x h x w of an input of 1 x C x (h + k - 1) x (w + k - 1).
torch::Tensor tiled_convolve(const Reading& input, const torch::Tensor& weight);

// Of the same convolution of a picture that is mirrored by k / 2 pixels: the gradient by that picture, 1 x C x h x w,
// with that of the mirrored pixels added in. `gradient`: by the output.
torch::Tensor tiled_gradient_by_input(const torch::Tensor& gradient, const torch::Tensor& weight);

// By the weight, O x C x k x k.
torch::Tensor tiled_gradient_by_weight(const Reading& input, const torch::Tensor& gradient, int64_t kernel);

}  // namespace pentimento
