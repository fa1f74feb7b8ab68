// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// Standard deviation of white noise in every channel, 1 x C x H x W -> C, on the picture's scale:
// median absolute deviation of the finest diagonal wavelet band (Donoho and Johnstone 1994). Sides >= 2.
torch::Tensor estimate_noise(const torch::Tensor& picture);

}  // namespace pentimento
