// SPDX-License-Identifier: GPL-3.0-or-later
// What the degradations draw from.
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace pentimento {

// Linear light of R'G'B' with the curve of sRGB, and back.
torch::Tensor linear(const torch::Tensor& encoded);
torch::Tensor encoded(const torch::Tensor& linear);

// N numbers between `least` and `most`, N x 1 x 1 x 1, on the CPU.
torch::Tensor uniform(int64_t count, double least, double most);

// Landscapes of N x 1 x H x W, mean about 0: `octaves` of noise, the first of `cells` cells a side, each next one twice
// as fine and `persistence` (N x 1 x 1 x 1) times as strong.
torch::Tensor landscape(int64_t height, int64_t width, int64_t cells, int64_t octaves,
                        const torch::Tensor& persistence);

}  // namespace pentimento
