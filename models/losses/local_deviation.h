// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// How far a map lies from its own means over windows of 5 x 5, mean square: the smoothness term of Double-DIP's
// dehazing (Gandelsman et al. 2019, section 5). N x C x H x W, sides of at least 5; a scalar.
torch::Tensor local_deviation(const torch::Tensor& map);

}  // namespace pentimento
