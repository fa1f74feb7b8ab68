// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/jpeg_tables.h"

#include <array>

namespace pentimento {

namespace {

constexpr std::array<int64_t, 64> kLuma = {
    16, 11, 10, 16, 24,  40,  51,  61,   //
    12, 12, 14, 19, 26,  58,  60,  55,   //
    14, 13, 16, 24, 40,  57,  69,  56,   //
    14, 17, 22, 29, 51,  87,  80,  62,   //
    18, 22, 37, 56, 68,  109, 103, 77,   //
    24, 35, 55, 64, 81,  104, 113, 92,   //
    49, 64, 78, 87, 103, 121, 120, 101,  //
    72, 92, 95, 98, 112, 100, 103, 99,
};

constexpr std::array<int64_t, 64> kChroma = {
    17, 18, 24, 47, 99, 99, 99, 99,  //
    18, 21, 26, 66, 99, 99, 99, 99,  //
    24, 26, 56, 99, 99, 99, 99, 99,  //
    47, 66, 99, 99, 99, 99, 99, 99,  //
    99, 99, 99, 99, 99, 99, 99, 99,  //
    99, 99, 99, 99, 99, 99, 99, 99,  //
    99, 99, 99, 99, 99, 99, 99, 99,  //
    99, 99, 99, 99, 99, 99, 99, 99,
};

}  // namespace

torch::Tensor jpeg_table(int64_t quality, bool chroma) {
  const int64_t scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;  // percent, rounded down as published
  const std::array<int64_t, 64>& base = chroma ? kChroma : kLuma;
  const torch::Tensor steps = torch::tensor(at::ArrayRef<int64_t>(base.data(), base.size()), torch::kInt64);
  return torch::floor_divide(steps * scale + 50, 100).clamp(1, 255).view({8, 8}).to(torch::kFloat);
}

}  // namespace pentimento
