// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "nets/fused/lanes.h"

namespace pentimento {

// What Winograd is to 3x3 convolutions, for 1x1: tiles of one pixel, transformed by leaving them as they are.
struct SinglePixel {
  static constexpr int64_t kKernel = 1;
  static constexpr int64_t kTile = 1;
  static constexpr int64_t kReach = 1;
  static constexpr int64_t kFrequencies = 1;
  static constexpr int64_t kBlock = 96;

  static void transform_input(const float* const* pixels, int64_t first, int64_t channels, const Activated& activated,
                              float* v, int64_t chunk, int64_t frequency);
  static void transform_gradient(const float* const* pixels, int64_t channels, float* y, int64_t chunk,
                                 int64_t frequency);
  static void transform_output(const float* m, int64_t chunk, int64_t frequency, int64_t channels, int64_t panel,
                               int64_t panels, float* const* pixels);
  static void transform_weights(const float* g, int64_t lane, int64_t row, int64_t column, float* u, int64_t frequency);
  static void transform_weights_back(const float* u, int64_t frequency, float* gradient);
};

}  // namespace pentimento
