// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace pentimento {

// The most pixels that convolve_row() computes at once: it writes, and reads, up to so many less one beyond the row.
constexpr int64_t kMostAtOnce = 24;

// A convolution, 3 x 3 or 3 x 1 (three rows), over features that lie as [vector of kLanes channels][row][column][lane]:
// first the input's channels, whose last vector may be filled in part, then whole vectors.
struct Direct {
  int64_t input_channels, feature_vectors;
  int64_t plane, row;    // floats between vectors and between rows
  int64_t taps;          // 9 or 3
  const float* weights;  // [tap][channel][panels][lane]
  const float* bias;     // [panels][lane]
  int64_t panels;        // vectors of output channels
  float slope;           // of the LeakyReLU behind it; 1: none
};

// `pixels` outputs, the first of which has its centre at `from` in the first vector. Panel p of pixel x goes to
// to[p * to_panel + x * to_pixel]. Each sum is taken in the order tap, channel.
void convolve_row(const Direct& direct, const float* from, int64_t pixels, float* to, int64_t to_panel,
                  int64_t to_pixel);

}  // namespace pentimento
