// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/fused/winograd.h"

#include "imaging/rows.h"

namespace pentimento {

namespace {

constexpr int kTile = Winograd::kTile, kReach = Winograd::kReach, kKernel = Winograd::kKernel;

// The points of interpolation: 0, +-a, +-b and infinity.
constexpr float a = 1, b = 2, aa = a * a, bb = b * b;

// One dimension of each transform, to be applied to the columns of a tile and then to its rows.
struct InputStep {
  static constexpr int kFrom = kReach, kTo = kReach;
  PENTIMENTO_INLINE static void apply(const Lanes* d, Lanes* t) {
    const Lanes even_a = d[4] - bb * d[2], odd_a = d[3] - bb * d[1];
    const Lanes even_b = d[4] - aa * d[2], odd_b = d[3] - aa * d[1];
    t[0] = aa * bb * d[0] + (d[4] - (aa + bb) * d[2]);
    t[1] = even_a + a * odd_a;
    t[2] = even_a - a * odd_a;
    t[3] = even_b + b * odd_b;
    t[4] = even_b - b * odd_b;
    t[5] = aa * bb * d[1] + (d[5] - (aa + bb) * d[3]);
  }
};

struct GradientStep {
  static constexpr int kFrom = kTile, kTo = kReach;
  PENTIMENTO_INLINE static void apply(const Lanes* g, Lanes* t) {
    const Lanes even_a = g[0] + aa * g[2], odd_a = g[1] + aa * g[3];
    const Lanes even_b = g[0] + bb * g[2], odd_b = g[1] + bb * g[3];
    t[0] = g[0];
    t[1] = even_a + a * odd_a;
    t[2] = even_a - a * odd_a;
    t[3] = even_b + b * odd_b;
    t[4] = even_b - b * odd_b;
    t[5] = g[3];
  }
};

struct OutputStep {
  static constexpr int kFrom = kReach, kTo = kTile;
  PENTIMENTO_INLINE static void apply(const Lanes* m, Lanes* y) {
    const Lanes even_a = m[1] + m[2], odd_a = m[1] - m[2], even_b = m[3] + m[4], odd_b = m[3] - m[4];
    y[0] = m[0] + even_a + even_b;
    y[1] = a * odd_a + b * odd_b;
    y[2] = aa * even_a + bb * even_b;
    y[3] = aa * a * odd_a + (bb * b * odd_b + m[5]);
  }
};

constexpr float n0 = 1 / (aa * bb), na = 1 / (2 * aa * (aa - bb)), nb = 1 / (2 * bb * (bb - aa));

struct WeightStep {
  static constexpr int kFrom = kKernel, kTo = kReach;
  PENTIMENTO_INLINE static void apply(const Lanes* g, Lanes* t) {
    const Lanes even_a = na * g[0] + na * aa * g[2], odd_a = na * a * g[1];
    const Lanes even_b = nb * g[0] + nb * bb * g[2], odd_b = nb * b * g[1];
    t[0] = n0 * g[0];
    t[1] = even_a + odd_a;
    t[2] = even_a - odd_a;
    t[3] = even_b + odd_b;
    t[4] = even_b - odd_b;
    t[5] = g[2];
  }
};

struct WeightBackStep {
  static constexpr int kFrom = kReach, kTo = kKernel;
  PENTIMENTO_INLINE static void apply(const Lanes* m, Lanes* g) {
    const Lanes even_a = na * (m[1] + m[2]), even_b = nb * (m[3] + m[4]);
    g[0] = n0 * m[0] + even_a + even_b;
    g[1] = na * a * (m[1] - m[2]) + nb * b * (m[3] - m[4]);
    g[2] = aa * even_a + (bb * even_b + m[5]);
  }
};

template <typename Step>
PENTIMENTO_INLINE void both_ways(const Lanes (&in)[Step::kFrom][Step::kFrom], Lanes (&out)[Step::kTo][Step::kTo]) {
  Lanes half[Step::kTo][Step::kFrom];
#pragma GCC unroll 6
  for (int j = 0; j < Step::kFrom; ++j) {
    Lanes from[Step::kFrom], to[Step::kTo];
#pragma GCC unroll 6
    for (int i = 0; i < Step::kFrom; ++i) from[i] = in[i][j];
    Step::apply(from, to);
#pragma GCC unroll 6
    for (int i = 0; i < Step::kTo; ++i) half[i][j] = to[i];
  }
#pragma GCC unroll 6
  for (int i = 0; i < Step::kTo; ++i) Step::apply(half[i], out[i]);
}

// Fetches those of the next tile on the right as well: the processor does not see them coming.
template <int kSide>
PENTIMENTO_INLINE void gather(const float* const* pixels, int64_t channel, Lanes (&tile)[kSide][kSide]) {
  // As numbers: at the rim one of the pixels may be no neighbour but the zeros beyond, and the place nowhere.
  const auto address = [](const float* at) { return reinterpret_cast<std::uintptr_t>(at); };
  const std::uintptr_t step = kTile * (address(pixels[1]) - address(pixels[0]));
#pragma GCC unroll 6
  for (int i = 0; i < kSide; ++i)
#pragma GCC unroll 6
    for (int j = kSide - kTile; j < kSide; ++j)
      __builtin_prefetch(reinterpret_cast<const void*>(address(pixels[i * kSide + j] + channel) + step));
#pragma GCC unroll 6
  for (int i = 0; i < kSide; ++i)
#pragma GCC unroll 6
    for (int j = 0; j < kSide; ++j) load(pixels[i * kSide + j] + channel, tile[i][j]);
}

template <int kSide>
PENTIMENTO_INLINE void collect(const float* from, int64_t frequency, Lanes (&tile)[kSide][kSide]) {
#pragma GCC unroll 6
  for (int i = 0; i < kSide; ++i)
#pragma GCC unroll 6
    for (int j = 0; j < kSide; ++j) load(from + (i * kSide + j) * frequency, tile[i][j]);
}

template <int kSide>
PENTIMENTO_INLINE void scatter(const Lanes (&tile)[kSide][kSide], float* to, int64_t frequency) {
#pragma GCC unroll 6
  for (int i = 0; i < kSide; ++i)
#pragma GCC unroll 6
    for (int j = 0; j < kSide; ++j) store(tile[i][j], to + (i * kSide + j) * frequency);
}

}  // namespace

PENTIMENTO_VECTORISED void Winograd::transform_input(const float* const* pixels, int64_t first, int64_t channels,
                                                     const Activated& activated, float* v, int64_t chunk,
                                                     int64_t frequency) {
  for (int64_t k = 0; k < chunks_of(channels); ++k) {
    const int64_t channel = first + first_channel(k, channels);
    Lanes in[kReach][kReach], out[kReach][kReach];
    gather(pixels, channel, in);
    activate(activated, channel, kReach * kReach, in[0]);
    both_ways<InputStep>(in, out);
    scatter(out, v + k * chunk, frequency);
  }
}

PENTIMENTO_VECTORISED void Winograd::transform_gradient(const float* const* pixels, int64_t channels, float* y,
                                                        int64_t chunk, int64_t frequency) {
  for (int64_t k = 0; k < chunks_of(channels); ++k) {
    Lanes in[kTile][kTile], out[kReach][kReach];
    gather(pixels, first_channel(k, channels), in);
    both_ways<GradientStep>(in, out);
    scatter(out, y + k * chunk, frequency);
  }
}

PENTIMENTO_VECTORISED void Winograd::transform_output(const float* m, int64_t chunk, int64_t frequency,
                                                      int64_t channels, int64_t panel, int64_t panels,
                                                      float* const* pixels) {
  for (int64_t p = 0; p < panels; ++p) {
    const int64_t channel = first_channel(panel + p, channels);
    Lanes in[kReach][kReach], out[kTile][kTile];
    collect(m + p * chunk, frequency, in);
    both_ways<OutputStep>(in, out);
#pragma GCC unroll 4
    for (int i = 0; i < kTile; ++i)
#pragma GCC unroll 4
      for (int j = 0; j < kTile; ++j)
        if (float* pixel = pixels[i * kTile + j]) store(out[i][j], pixel + channel);
  }
}

PENTIMENTO_VECTORISED void Winograd::transform_weights(const float* g, int64_t lane, int64_t row, int64_t column,
                                                       float* u, int64_t frequency) {
  Lanes in[kKernel][kKernel], out[kReach][kReach];
  for (int i = 0; i < kKernel; ++i)
    for (int j = 0; j < kKernel; ++j)
      for (int64_t l = 0; l < kLanes; ++l) in[i][j][l] = g[l * lane + i * row + j * column];
  both_ways<WeightStep>(in, out);
  scatter(out, u, frequency);
}

PENTIMENTO_VECTORISED void Winograd::transform_weights_back(const float* u, int64_t frequency, float* gradient) {
  Lanes in[kReach][kReach], out[kKernel][kKernel];
  collect(u, frequency, in);
  both_ways<WeightBackStep>(in, out);
  scatter(out, gradient, kLanes);
}

}  // namespace pentimento
