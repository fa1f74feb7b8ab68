// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <array>
#include <cstdint>

namespace pentimento {

// Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011): four random words as a
// function of counter and key.
std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

// input + deviation * normal noise, written to `output`: float, on the CPU, both in the same dense layout. The noise is
// a function of seed and draw alone, whatever the threads; draws under 2^32.
void add_normal(const torch::Tensor& input, double deviation, uint64_t seed, uint64_t draw, torch::Tensor& output);

}  // namespace pentimento
