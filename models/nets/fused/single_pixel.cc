// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/fused/single_pixel.h"

#include "imaging/rows.h"

namespace pentimento {

namespace {

PENTIMENTO_INLINE void copy(const float* from, float* to) {
  Lanes lanes;
  load(from, lanes);
  store(lanes, to);
}

}  // namespace

PENTIMENTO_VECTORISED void SinglePixel::transform_input(const float* const* pixels, int64_t first, int64_t channels,
                                                        const Activated& activated, float* v, int64_t chunk, int64_t) {
  for (int64_t k = 0; k < chunks_of(channels); ++k) {
    const int64_t channel = first + first_channel(k, channels);
    Lanes x;
    load(*pixels + channel, x);
    activate(activated, channel, 1, &x);
    store(x, v + k * chunk);
  }
}

PENTIMENTO_VECTORISED void SinglePixel::transform_gradient(const float* const* pixels, int64_t channels, float* y,
                                                           int64_t chunk, int64_t) {
  for (int64_t k = 0; k < chunks_of(channels); ++k) copy(*pixels + first_channel(k, channels), y + k * chunk);
}

PENTIMENTO_VECTORISED void SinglePixel::transform_output(const float* m, int64_t chunk, int64_t, int64_t channels,
                                                         int64_t panel, int64_t panels, float* const* pixels) {
  for (int64_t p = 0; p < panels; ++p) copy(m + p * chunk, *pixels + first_channel(panel + p, channels));
}

void SinglePixel::transform_weights(const float* g, int64_t lane, int64_t, int64_t, float* u, int64_t) {
  for (int64_t l = 0; l < kLanes; ++l) u[l] = g[l * lane];
}

void SinglePixel::transform_weights_back(const float* u, int64_t, float* gradient) { copy(u, gradient); }

}  // namespace pentimento
