// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// Dust and scratches of a scanned picture, 1 x C x H x W in 0..1: what is narrow, brighter or darker than all around
// it, and stands out from the texture there. -> 1 x 1 x H x W of 0 and 1. `sensitivity` 0..1: from the plainest marks
// alone to nearly every speck.
torch::Tensor find_damage(const torch::Tensor& picture, double sensitivity);

}  // namespace pentimento
