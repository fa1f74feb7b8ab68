// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/fused/coupling.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "imaging/rows.h"
#include "nets/fused/dense_sweep.h"
#include "nets/fused/lanes.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kSmall = 3;  // channels of the small picture

// exp(x) for |x| up to 80, to about two units in the last place: the C library's is another on other machines.
PENTIMENTO_INLINE void exponential(Lanes& x) {
  using Integers = int32_t __attribute__((vector_size(kLanes * sizeof(int32_t))));
  constexpr float kRound = 12582912;  // 1.5 * 2^23: adding it rounds to a whole number
  const Lanes limited = x > 80.0f ? x - x + 80.0f : x < -80.0f ? x - x - 80.0f : x;
  const Lanes n = (limited * 1.44269504f + kRound) - kRound;
  const Lanes r = (limited - n * 0.693359375f) + n * 2.12194440e-4f;  // ln 2 in two parts
  Lanes p = r * (1.0f / 720) + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  const Integers power = (__builtin_convertvector(n, Integers) + 127) << 23;
  Lanes scale;
  std::memcpy(&scale, &power, sizeof scale);
  x = p * scale;
}

// A pixel's channels behind the small picture's, in whole vectors.
struct Pixel {
  float* channels;
  int64_t count;
  PENTIMENTO_INLINE void get(int64_t panel, Lanes& to) const {
    to = Lanes{};
    std::memcpy(&to, channels + panel * kLanes, bytes(panel));
  }
  PENTIMENTO_INLINE void put(const Lanes& from, int64_t panel) const {
    std::memcpy(channels + panel * kLanes, &from, bytes(panel));
  }
  PENTIMENTO_INLINE size_t bytes(int64_t panel) const {
    return static_cast<size_t>(std::min(kLanes, count - panel * kLanes)) * sizeof(float);
  }
};

// x2 exp(s) + G, or of it the inverse, with s = 2 sigmoid(h) - 1 = (1 - exp(-h)) / (1 + exp(-h)).
PENTIMENTO_VECTORISED void scale_row(float* state, int64_t stride, int64_t pixels, const float* h, const float* g,
                                     int64_t padded, bool inverse) {
  for (int64_t x = 0; x < pixels; ++x, state += stride, h += padded, g += padded) {
    const Pixel pixel{state + kSmall, stride - kSmall};
    for (int64_t p = 0; p < padded / kLanes; ++p) {
      Lanes e, shift, value;
      load(h + p * kLanes, e);
      load(g + p * kLanes, shift);
      pixel.get(p, value);
      e = -e;
      exponential(e);
      Lanes factor = (1.0f - e) / (1.0f + e);
      if (inverse) factor = -factor;
      exponential(factor);
      value = inverse ? (value - shift) * factor : value * factor + shift;
      pixel.put(value, p);
    }
  }
}

// The state: H x W x C, channels innermost.
class State {
 public:
  explicit State(const Tensor& rows) : rows_(rows) {}
  const Tensor& rows() const { return rows_; }

  // x1 += F(x2), or -= of the inverse.
  void add(const DenseBlock& f, bool inverse) const {
    const DenseSweep sweep(f);
    DenseSweep::run({&sweep}, view(kSmall), [&](int64_t y, int64_t x, int64_t pixels, const auto& made) {
      float* to = at(y, x);
      const float* from = made[0];
      for (int64_t i = 0; i < pixels; ++i, to += channels(), from += sweep.padded_outputs())
        for (int64_t c = 0; c < kSmall; ++c) to[c] += inverse ? -from[c] : from[c];
    });
  }

  void scale(const DenseBlock& h, const DenseBlock& g, bool inverse) const {
    const DenseSweep sweep_h(h), sweep_g(g);
    DenseSweep::run({&sweep_h, &sweep_g}, view(0), [&](int64_t y, int64_t x, int64_t pixels, const auto& made) {
      scale_row(at(y, x), channels(), pixels, made[0], made[1], sweep_h.padded_outputs(), inverse);
    });
  }

 private:
  int64_t channels() const { return rows_.size(2); }
  float* at(int64_t y, int64_t x) const { return rows_.data_ptr<float>() + (y * rows_.size(1) + x) * channels(); }
  // The small picture's channels (first = 0), or those behind it.
  PixelView view(int64_t first) const {
    return {at(0, 0) + first, rows_.size(0), rows_.size(1), channels(), first ? channels() - kSmall : kSmall};
  }

  Tensor rows_;
};

Tensor as_rows(const Tensor& picture) { return picture.squeeze(0).permute({1, 2, 0}).contiguous(); }
Tensor as_picture(const Tensor& rows) { return rows.permute({2, 0, 1}).unsqueeze(0); }

void couple(const State& state, const CouplingBlock& block, bool inverse) {
  if (inverse) {
    state.scale(block.h(), block.g(), true);
    state.add(block.f(), true);
  } else {
    state.add(block.f(), false);
    state.scale(block.h(), block.g(), false);
  }
}

}  // namespace

Rescaled shrink_on_cpu(const Rescaling& network, const Tensor& picture, const Done& done) {
  const torch::NoGradGuard no_grad;
  Tensor x = picture;
  for (size_t l = 0; l < network.levels().size(); ++l) {
    const State state(as_rows(haar(x)));
    for (const auto& block : network.levels()[l]) {
      couple(state, *block, false);
      done(l);
    }
    x = as_picture(state.rows());
  }
  return {x.slice(1, 0, kSmall), x.slice(1, kSmall)};
}

Tensor enlarge_on_cpu(const Rescaling& network, const Tensor& small, const Tensor& latent, const Done& done) {
  const torch::NoGradGuard no_grad;
  Tensor x = network.join(small, latent);
  for (size_t l = network.levels().size(); l-- > 0;) {
    const State state(as_rows(x));
    const Rescaling::Level& level = network.levels()[l];
    for (auto block = level.rbegin(); block != level.rend(); ++block) {
      couple(state, **block, true);
      done(l);
    }
    x = inverse_haar(as_picture(state.rows()));
  }
  return x;
}

}  // namespace pentimento
