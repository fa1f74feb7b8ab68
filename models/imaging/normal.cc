// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/normal.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "imaging/rows.h"

namespace pentimento {

namespace {

constexpr int kLanes = 16;           // counters worked on at once: one vector of floats
constexpr int kAtOnce = 4 * kLanes;  // numbers that they give

struct Words {
  uint32_t word[4][kLanes];
};

// Ten rounds on every lane; the key's Weyl constants and the multipliers are the paper's.
inline __attribute__((always_inline)) void rounds(Words& w, uint32_t key0, uint32_t key1) {
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < kLanes; ++i) {
      const uint64_t a = uint64_t{0xD2511F53} * w.word[0][i], b = uint64_t{0xCD9E8D57} * w.word[2][i];
      const uint32_t one = w.word[1][i], three = w.word[3][i];
      w.word[0][i] = static_cast<uint32_t>(b >> 32) ^ one ^ key0;
      w.word[1][i] = static_cast<uint32_t>(b);
      w.word[2][i] = static_cast<uint32_t>(a >> 32) ^ three ^ key1;
      w.word[3][i] = static_cast<uint32_t>(a);
    }
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
}

// In (0, 1), of a word's upper 24 bits.
inline float uniform(uint32_t word) { return (static_cast<float>(word >> 8) + 0.5f) * 0x1p-24f; }

// Natural logarithm of a normal positive float: exponent, and the series of atanh for a mantissa about 1. Vectorises.
inline float logarithm(float x) {
  const auto bits = std::bit_cast<uint32_t>(x) - 0x3F3504F3u;  // of sqrt(1/2): the mantissa comes to lie around 1
  const auto exponent = static_cast<float>(static_cast<int32_t>(bits) >> 23);
  const auto mantissa = std::bit_cast<float>((bits & 0x007FFFFFu) + 0x3F3504F3u);
  const float t = (mantissa - 1) / (mantissa + 1), s = t * t;
  return exponent * 0.69314718f + 2 * t * (1 + s * (1 / 3.f + s * (1 / 5.f + s * (1 / 7.f + s * (1 / 9.f)))));
}

// sin(pi / 2 * x), 0 <= x <= 1.
inline float quarter_sine(float x) {
  const float t = x * 1.57079633f, s = t * t;
  return t * (1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72 * (1 - s / 110)))));
}

// Box and Muller: two uniform words make two normal numbers. The second's lower bits, which its uniform number leaves,
// choose the quadrant.
inline void box_muller(uint32_t one, uint32_t other, float& x, float& y) {
  const float radius = std::sqrt(-2 * logarithm(uniform(one))), turn = uniform(other);
  x = radius * quarter_sine(turn) * (other & 1 ? 1.f : -1.f);
  y = radius * quarter_sine(1 - turn) * (other & 2 ? 1.f : -1.f);
}

// Numbers [first, first + kAtOnce) of the draw.
PENTIMENTO_VECTORISED void normal_block(uint64_t first, uint32_t draw, uint32_t key0, uint32_t key1, float* to) {
  Words w;
  for (int i = 0; i < kLanes; ++i) {
    const uint64_t counter = first / 4 + static_cast<uint64_t>(i);
    w.word[0][i] = static_cast<uint32_t>(counter);
    w.word[1][i] = static_cast<uint32_t>(counter >> 32);
    w.word[2][i] = draw;
    w.word[3][i] = 0;
  }
  rounds(w, key0, key1);
  for (int i = 0; i < kLanes; ++i) {
    box_muller(w.word[0][i], w.word[1][i], to[i], to[kLanes + i]);
    box_muller(w.word[2][i], w.word[3][i], to[2 * kLanes + i], to[3 * kLanes + i]);
  }
}

}  // namespace

std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  Words w = {};
  for (size_t k = 0; k < 4; ++k) w.word[k][0] = counter[k];
  rounds(w, key[0], key[1]);
  return {w.word[0][0], w.word[1][0], w.word[2][0], w.word[3][0]};
}

void add_normal(const torch::Tensor& input, double deviation, uint64_t seed, uint64_t draw, torch::Tensor& output) {
  TORCH_CHECK(
      input.strides() == output.strides() && input.sizes() == output.sizes() && output.is_non_overlapping_and_dense(),
      "add_normal: layouts differ");
  const float* from = input.const_data_ptr<float>();
  float* to = output.data_ptr<float>();
  const auto amount = static_cast<float>(deviation);
  const int64_t n = output.numel(), blocks = (n + kAtOnce - 1) / kAtOnce;
  at::parallel_for(0, blocks, 256, [&](int64_t begin, int64_t end) {
    float noise[kAtOnce];
    for (int64_t b = begin; b < end; ++b) {
      const int64_t first = b * kAtOnce, last = std::min(n, first + kAtOnce);
      normal_block(static_cast<uint64_t>(first), static_cast<uint32_t>(draw), static_cast<uint32_t>(seed),
                   static_cast<uint32_t>(seed >> 32), noise);
      for (int64_t i = first; i < last; ++i) to[i] = from[i] + amount * noise[i - first];
    }
  });
}

}  // namespace pentimento
