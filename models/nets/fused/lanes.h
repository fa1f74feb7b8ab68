// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstring>

namespace pentimento {

// Channels worked on at once. A count of channels that is no multiple ends in a chunk that overlaps the one before:
// there are no partial vectors, and what is computed twice comes out the same twice.
constexpr int64_t kLanes = 16;

inline int64_t chunks_of(int64_t channels) { return (channels + kLanes - 1) / kLanes; }
inline int64_t first_channel(int64_t chunk, int64_t channels) {
  return chunk * kLanes + kLanes <= channels ? chunk * kLanes : channels - kLanes;
}

// GCC splits it into whatever vectors the processor has.
using Lanes = float __attribute__((vector_size(kLanes * sizeof(float))));

#define PENTIMENTO_INLINE inline __attribute__((always_inline))

PENTIMENTO_INLINE void load(const float* from, Lanes& to) { std::memcpy(&to, from, sizeof(Lanes)); }
PENTIMENTO_INLINE void store(const Lanes& from, float* to) { std::memcpy(to, &from, sizeof(Lanes)); }

// What becomes of every value on its way into a convolution: a x + b, by channel, then LeakyReLU of `slope` in (0, 1].
struct Activated {
  const float *a = nullptr, *b = nullptr;  // null: nothing
  float slope = 1;
};

// `count` vectors of the channels from `channel` on.
PENTIMENTO_INLINE void activate(const Activated& how, int64_t channel, int count, Lanes* x) {
  if (!how.a) return;
  Lanes a, b;
  load(how.a + channel, a);
  load(how.b + channel, b);
#pragma GCC unroll 36
  for (int i = 0; i < count; ++i) {
    const Lanes y = a * x[i] + b, less = how.slope * y;
    x[i] = y > less ? y : less;
  }
}

}  // namespace pentimento
