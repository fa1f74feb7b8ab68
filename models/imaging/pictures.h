// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include "engine.h"

namespace pentimento {

// A caller's picture as a tensor of its own, 1 x C x H x W, float, on the CPU, values as they come.
// Throws Error if sizes or the data pointer make no sense.
torch::Tensor from_picture(const PentimentoPicture& picture);

// The other way. Throws Error if the sizes differ.
void to_picture(const torch::Tensor& tensor, PentimentoPicture& picture);

// What a network cannot see of a picture, carried around it: the part of every sample outside 0..1.
struct InRange {
  torch::Tensor picture;  // clamped to 0..1; samples that are not finite have become their surroundings' mean
  torch::Tensor excess;   // to add back to the estimate
  int64_t repaired = 0;   // how many samples were not finite
};
InRange split_range(const torch::Tensor& picture);

// Whether all channels are equal.
bool is_grey(const torch::Tensor& picture);

// The picture extended by its edges, downwards and to the right, to at least `side` pixels a side.
torch::Tensor extended(const torch::Tensor& picture, int64_t side);

}  // namespace pentimento
