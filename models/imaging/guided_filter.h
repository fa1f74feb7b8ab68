// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// The guided filter (He, Sun, Tang, ECCV 2010, equations 5 to 8) stops at its lines, so that they can be enlarged and
// laid over a larger guide ("Fast guided filter", 2015): slope * guide + offset.
struct LocalLines {
  torch::Tensor slope, offset;  // H x W
  torch::Tensor variance;       // of the guide in each window
};

// Fits `plane` by `guide`, both H x W, in windows of 2 radius + 1 samples; `flat` is the guide's variance below which
// it is taken for flat.
LocalLines fit_lines(const torch::Tensor& guide, const torch::Tensor& plane, int64_t radius, double flat);

}  // namespace pentimento
