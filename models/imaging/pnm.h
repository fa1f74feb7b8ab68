// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <string>

namespace pentimento {

// Binary PGM/PPM, 8 or 16 bits: what programs without an image library read and write. 1 x C x H x W in 0..1.
// Both throw std::runtime_error with the file's name.
torch::Tensor read_pnm(const std::string& path);
void write_pnm(const std::string& path, const torch::Tensor& picture);  // clamped, rounded to 8 bits

}  // namespace pentimento
