// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

namespace pentimento {

// Masks are 1 x 1 x H x W, float, 0..1.

// The mask extended by `pixels` to all sides, corners included.
torch::Tensor grown(const torch::Tensor& mask, int64_t pixels);

// The mask as it is, and around it a ramp that falls to 0 within `pixels`.
torch::Tensor feathered(const torch::Tensor& mask, double pixels);

// Half the width of the widest part of `hole` (0 and 1), in pixels; 0: none. What lies outside counts as known.
int64_t hole_radius(const torch::Tensor& hole);

// A part of a picture.
struct Box {
  int64_t top = 0, left = 0, height = 0, width = 0;
  torch::Tensor of(const torch::Tensor& picture) const {
    return picture.slice(2, top, top + height).slice(3, left, left + width);
  }
  // With `margin` more on all sides, as far as the picture goes.
  Box with_margin(int64_t margin, int64_t picture_height, int64_t picture_width) const;
};

// The bounding boxes of the parts of `hole` (0 and 1); parts closer together than about 32 pixels count as one.
std::vector<Box> hole_boxes(const torch::Tensor& hole);

}  // namespace pentimento
