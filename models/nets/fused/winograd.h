// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "nets/fused/lanes.h"

namespace pentimento {

// The transforms of Winograd's F(4x4, 3x3) (Lavin and Gray, CVPR 2016, section 4): with input d, weights g and output
// Y, Y = A^T [(G g G^T) . (B^T d B)] A. Transposed, the gradient by g is G^T [(A Y' A^T) . (B^T d B)] G. Each function
// takes one tile or one set of weights, kLanes channels at a time; the 36 values of the transformed domain
// ("frequencies") stand `frequency` floats apart, chunks of channels `chunk` floats.
struct Winograd {
  static constexpr int64_t kKernel = 3;
  static constexpr int64_t kTile = 4;   // output pixels on a side
  static constexpr int64_t kReach = 6;  // input pixels on a side
  static constexpr int64_t kFrequencies = kReach * kReach;
  static constexpr int64_t kBlock = 48;  // tiles at once: their transforms stay in a cache

  // B^T d B of the `channels` channels from `first` on. `pixels`: the input tile's, row by row.
  static void transform_input(const float* const* pixels, int64_t first, int64_t channels, const Activated& activated,
                              float* v, int64_t chunk, int64_t frequency);

  // A Y' A^T. `pixels`: the gradient by the output tile.
  static void transform_gradient(const float* const* pixels, int64_t channels, float* y, int64_t chunk,
                                 int64_t frequency);

  // A^T m A of `panels` chunks of the output's channels from `panel` on. `pixels`: where they go, null: nowhere.
  static void transform_output(const float* m, int64_t chunk, int64_t frequency, int64_t channels, int64_t panel,
                               int64_t panels, float* const* pixels);

  // G g G^T: weight (i, j) of lane l is g[l * lane + i * row + j * column].
  static void transform_weights(const float* g, int64_t lane, int64_t row, int64_t column, float* u, int64_t frequency);

  // G^T u G, [3 x 3][kLanes].
  static void transform_weights_back(const float* u, int64_t frequency, float* gradient);
};

}  // namespace pentimento
