// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// Peak signal-to-noise ratio in dB for pictures in 0..1 of the same shape; `picture` is clamped first.
double psnr(const torch::Tensor& picture, const torch::Tensor& reference);

}  // namespace pentimento
