// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/fused/gpu/kernels.h"

#include <algorithm>

#include "nets/fused/gpu/nvrtc.h"
#include "nets/fused/gpu/sums.cuh"

namespace pentimento::gpu {

namespace {

int64_t quotient_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

Kernels* stand_in_of_cpu = nullptr;

}  // namespace

Grid Grid::over(int64_t rows, int64_t columns, int64_t groups, int64_t most) {
  constexpr int64_t kColumnsEach = 4;
  const int64_t pixels = std::max<int64_t>(1, kernels::kThreads / groups), across = quotient_up(columns, pixels);
  const int64_t each = std::clamp<int64_t>(quotient_up(rows * across, most), 1, kColumnsEach);
  const int64_t blocks_x = quotient_up(across, each), blocks_y = std::clamp<int64_t>(most / blocks_x, 1, rows);
  return {static_cast<int>(blocks_x), static_cast<int>(blocks_y), static_cast<int>(groups), static_cast<int>(pixels)};
}

Grid Grid::along(int64_t pixels, int64_t groups) {
  constexpr int64_t kFew = 8, kMany = 128;  // pixels for a thread: fewer are not worth a block, more lose precision
  constexpr int64_t kBlocks = 512;
  const int64_t at_once = std::max<int64_t>(1, kernels::kThreads / groups);
  const int64_t blocks =
      std::min(quotient_up(pixels, at_once * kFew), std::max(kBlocks, quotient_up(pixels, at_once * kMany)));
  return {static_cast<int>(blocks), 1, static_cast<int>(groups), static_cast<int>(at_once)};
}

Grid Grid::totals(int64_t channels) {
  return {static_cast<int>(quotient_up(channels, kernels::kColumns)), 1, kernels::kColumns,
          kernels::kThreads / kernels::kColumns};
}

Kernels* kernels_of(const torch::Device& device) {
  return device.is_cuda() ? compiled_kernels() : device.is_cpu() ? stand_in_of_cpu : nullptr;
}

void stand_in(Kernels* kernels) { stand_in_of_cpu = kernels; }

int lanes_of(torch::ScalarType element, int64_t channels) {
  for (int lanes = static_cast<int>(16 / c10::elementSize(element)); lanes >= 4; lanes /= 2)
    if (channels % lanes == 0) return lanes;
  return 1;
}

}  // namespace pentimento::gpu
