// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// A sequence's pixels and those that follow them: to the right, below, below to the right, below to the left, and at
// the same place of the next frame.
constexpr int64_t kTies = 5;

// The labels x of 0 and 1 that make sum x * cost + sum over neighbours of ties * [their labels differ] least: a minimum
// cut (Boykov and Kolmogorov, "An experimental comparison of min-cut/max-flow algorithms", TPAMI 2004).
// `cost` N x 1 x H x W, between -1000 and 1000; `ties` N x kTies x H x W, between 0 and 1000, those that leave the
// picture do not count. Both are rounded to 1/1000. -> N x 1 x H x W.
torch::Tensor graph_cut(const torch::Tensor& cost, const torch::Tensor& ties);

}  // namespace pentimento
