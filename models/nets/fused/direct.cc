// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/fused/direct.h"

#include "imaging/rows.h"
#include "nets/fused/lanes.h"

namespace pentimento {

namespace {

template <int kPixels, int kPanels>
PENTIMENTO_INLINE void block(const Direct& d, const float* from, int64_t panel, float* to, int64_t to_panel,
                             int64_t to_pixel) {
  Lanes sums[kPixels][kPanels];
  for (int p = 0; p < kPanels; ++p) {
    Lanes bias;
    load(d.bias + (panel + p) * kLanes, bias);
    for (int x = 0; x < kPixels; ++x) sums[x][p] = bias;
  }
  const int64_t step = d.panels * kLanes;
  const float* w = d.weights + panel * kLanes;
  const auto add = [&](const float* column) __attribute__((always_inline)) {
    Lanes weights[kPanels];
    for (int p = 0; p < kPanels; ++p) load(w + p * kLanes, weights[p]);
    for (int x = 0; x < kPixels; ++x)
      for (int p = 0; p < kPanels; ++p) sums[x][p] += column[x * kLanes] * weights[p];
    w += step;
  };
  for (int64_t tap = 0; tap < d.taps; ++tap) {
    const float* column = from + (d.taps == 9 ? (tap / 3 - 1) * d.row + (tap % 3 - 1) * kLanes : (tap - 1) * d.row);
    int64_t rest = d.input_channels;
    for (; rest > 0; rest -= kLanes, column += d.plane)
      for (int64_t lane = 0; lane < (rest < kLanes ? rest : kLanes); ++lane) add(column + lane);
    for (int64_t v = 0; v < d.feature_vectors; ++v, column += d.plane)
      for (int64_t lane = 0; lane < kLanes; ++lane) add(column + lane);
  }
  for (int x = 0; x < kPixels; ++x)
    for (int p = 0; p < kPanels; ++p) {
      const Lanes y = sums[x][p], less = d.slope * y;
      store(y > less ? y : less, to + (panel + p) * to_panel + x * to_pixel);
    }
}

template <int kPixels, int kPanels>
PENTIMENTO_INLINE void blocks(const Direct& d, const float* from, int64_t panel, int64_t pixels, float* to,
                              int64_t to_panel, int64_t to_pixel) {
  for (int64_t x = 0; x < pixels; x += kPixels)
    block<kPixels, kPanels>(d, from + x * kLanes, panel, to + x * to_pixel, to_panel, to_pixel);
}

// As many sums as registers hold: 24 of 32 with AVX-512, 6 (split in two) of 16 with AVX2.
PENTIMENTO_VECTORISED void row(const Direct& d, const float* from, int64_t pixels, bool wide, float* to,
                               int64_t to_panel, int64_t to_pixel) {
  for (int64_t panel = 0; panel < d.panels;) {
    const int64_t left = d.panels - panel;
    if (!wide) {
      blocks<6, 1>(d, from, panel, pixels, to, to_panel, to_pixel);
      panel += 1;
    } else if (left == 1) {
      blocks<24, 1>(d, from, panel, pixels, to, to_panel, to_pixel);
      panel += 1;
    } else if (left == 3) {
      blocks<8, 3>(d, from, panel, pixels, to, to_panel, to_pixel);
      panel += 3;
    } else {
      blocks<12, 2>(d, from, panel, pixels, to, to_panel, to_pixel);
      panel += 2;
    }
  }
}

}  // namespace

void convolve_row(const Direct& direct, const float* from, int64_t pixels, float* to, int64_t to_panel,
                  int64_t to_pixel) {
  row(direct, from, pixels, wide_vectors(), to, to_panel, to_pixel);
}

}  // namespace pentimento
