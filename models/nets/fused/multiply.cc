// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/fused/multiply.h"

#include "imaging/rows.h"
#include "nets/fused/lanes.h"

namespace pentimento {

namespace {

// A block of the result in registers: 12 x 2 or 8 x 3 vectors of 32 with AVX-512, 6 x 1 (split in two) with AVX2.
template <int kRows, int kPanels>
PENTIMENTO_INLINE void block(const float* v, int64_t v_chunk, const float* w, int64_t w_chunk, int64_t channels,
                             float* m, int64_t m_chunk) {
  Lanes sums[kRows][kPanels] = {};
  const auto add = [&](const float* column, const float* row) __attribute__((always_inline)) {
    Lanes weights[kPanels];
    for (int p = 0; p < kPanels; ++p) load(row + p * w_chunk, weights[p]);
    for (int r = 0; r < kRows; ++r)
      for (int p = 0; p < kPanels; ++p) sums[r][p] += column[r * kLanes] * weights[p];
  };
  int64_t c = 0;
  for (; c + kLanes <= channels; c += kLanes, v += v_chunk)
    for (int64_t lane = 0; lane < kLanes; ++lane) add(v + lane, w + (c + lane) * kLanes);
  for (; c < channels; ++c) add(v + kLanes - (channels - c), w + c * kLanes);
  for (int r = 0; r < kRows; ++r)
    for (int p = 0; p < kPanels; ++p) store(sums[r][p], m + p * m_chunk + r * kLanes);
}

// Panels whose sums the registers hold: three, but of four not three and one.
PENTIMENTO_INLINE int64_t at_once(int64_t panels, bool wide) {
  return !wide ? 1 : panels == 4 ? 2 : panels >= 3 ? 3 : panels;
}

template <int kRows, int kPanels>
PENTIMENTO_INLINE void panel(const float* v, int64_t v_chunk, const float* w, int64_t w_chunk, int64_t rows,
                             int64_t channels, float* m, int64_t m_chunk) {
  for (int64_t r = 0; r < rows; r += kRows)
    block<kRows, kPanels>(v + r * kLanes, v_chunk, w, w_chunk, channels, m + r * kLanes, m_chunk);
}

PENTIMENTO_VECTORISED void multiply_panels(const float* v, int64_t v_chunk, const float* w, int64_t w_chunk,
                                           int64_t rows, int64_t channels, int64_t panels, bool wide, float* m,
                                           int64_t m_chunk) {
  while (panels > 0) {
    const int64_t taken = at_once(panels, wide);
    if (!wide)
      panel<6, 1>(v, v_chunk, w, w_chunk, rows, channels, m, m_chunk);
    else if (taken == 3)
      panel<8, 3>(v, v_chunk, w, w_chunk, rows, channels, m, m_chunk);
    else if (taken == 2)
      panel<12, 2>(v, v_chunk, w, w_chunk, rows, channels, m, m_chunk);
    else
      panel<12, 1>(v, v_chunk, w, w_chunk, rows, channels, m, m_chunk);
    panels -= taken, w += taken * w_chunk, m += taken * m_chunk;
  }
}

template <int kChannels, int kPanels>
PENTIMENTO_INLINE void transposed_block(const float* v, const float* g, int64_t g_chunk, int64_t rows, float* w,
                                        int64_t w_chunk) {
  Lanes sums[kChannels][kPanels];
  for (int c = 0; c < kChannels; ++c)
    for (int p = 0; p < kPanels; ++p) load(w + p * w_chunk + c * kLanes, sums[c][p]);
  for (int64_t r = 0; r < rows; ++r) {
    Lanes gradients[kPanels];
    for (int p = 0; p < kPanels; ++p) load(g + p * g_chunk + r * kLanes, gradients[p]);
    for (int c = 0; c < kChannels; ++c)
      for (int p = 0; p < kPanels; ++p) sums[c][p] += v[r * kLanes + c] * gradients[p];
  }
  for (int c = 0; c < kChannels; ++c)
    for (int p = 0; p < kPanels; ++p) store(sums[c][p], w + p * w_chunk + c * kLanes);
}

template <int kChannels, int kPanels>
PENTIMENTO_INLINE void transposed_panel(const float* v, int64_t v_chunk, const float* g, int64_t g_chunk, int64_t rows,
                                        int64_t channels, float* w, int64_t w_chunk) {
  for (int64_t c = 0; c < channels;) {
    const int64_t chunk = c / kLanes;
    const int64_t lane = c - first_channel(chunk, channels);
    const float* from = v + chunk * v_chunk + lane;
    if (lane + kChannels <= kLanes) {
      transposed_block<kChannels, kPanels>(from, g, g_chunk, rows, w + c * kLanes, w_chunk);
      c += kChannels;
    } else {
      transposed_block<1, kPanels>(from, g, g_chunk, rows, w + c * kLanes, w_chunk);
      ++c;
    }
  }
}

PENTIMENTO_VECTORISED void multiply_panels_transposed(const float* v, int64_t v_chunk, const float* g, int64_t g_chunk,
                                                      int64_t rows, int64_t channels, int64_t panels, bool wide,
                                                      float* w, int64_t w_chunk) {
  while (panels > 0) {
    const int64_t taken = at_once(panels, wide);
    if (!wide)
      transposed_panel<4, 1>(v, v_chunk, g, g_chunk, rows, channels, w, w_chunk);
    else if (taken == 3)
      transposed_panel<8, 3>(v, v_chunk, g, g_chunk, rows, channels, w, w_chunk);
    else if (taken == 2)
      transposed_panel<8, 2>(v, v_chunk, g, g_chunk, rows, channels, w, w_chunk);
    else
      transposed_panel<8, 1>(v, v_chunk, g, g_chunk, rows, channels, w, w_chunk);
    panels -= taken, g += taken * g_chunk, w += taken * w_chunk;
  }
}

}  // namespace

void multiply(const float* v, int64_t v_chunk, const float* w, int64_t w_chunk, int64_t rows, int64_t channels,
              int64_t panels, float* m, int64_t m_chunk) {
  multiply_panels(v, v_chunk, w, w_chunk, rows, channels, panels, wide_vectors(), m, m_chunk);
}

void multiply_transposed(const float* v, int64_t v_chunk, const float* g, int64_t g_chunk, int64_t rows,
                         int64_t channels, int64_t panels, float* w, int64_t w_chunk) {
  multiply_panels_transposed(v, v_chunk, g, g_chunk, rows, channels, panels, wide_vectors(), w, w_chunk);
}

}  // namespace pentimento
