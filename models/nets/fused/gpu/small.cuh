// SPDX-License-Identifier: GPL-3.0-or-later
// The steps of normalise.cuh for pictures so small that launching three kernels costs more than their work: one kernel,
// a block for each group of channels, whose threads share the pixels.
#pragma once

#include "normalise.cuh"

namespace pentimento::kernels {

// Two sums for each of a group's channels, over a block's threads. Its room: what threads leave, those added up to a
// few parts, and two numbers for every channel that come of them.
template <int kLanes>
struct SmallSums {
  static constexpr int kParts = 16, kBoth = 2 * kLanes;
  static constexpr int kPartsAt = kBoth * kThreads, kToldAt = kPartsAt + kThreads;
  static constexpr int kRoom = kBoth + 2;
  static_assert(kBoth * kParts <= kThreads);

  static ON_DEVICE void add_up_parts(const Place& p, float* room) {
    if (p.pixel >= kBoth * kParts) return;
    const int sum = p.pixel / kParts, part = p.pixel % kParts;
    float total = 0;
    for (int i = part; i < kThreads; i += kParts) total += room[sum * kThreads + i];
    room[kPartsAt + p.pixel] = total;
  }
  static ON_DEVICE double total(const float* room, int plane, int lane) {
    double total = 0;
    for (int part = 0; part < kParts; ++part) total += room[kPartsAt + (plane * kLanes + lane) * kParts + part];
    return total;
  }
  static ON_DEVICE void tell(float* room, int lane, double one, double other) {
    room[kToldAt + lane] = static_cast<float>(one);
    room[kToldAt + kLanes + lane] = static_cast<float>(other);
  }
  static ON_DEVICE Lanes<kLanes> told(const float* room, int which) {
    Lanes<kLanes> numbers;
    for (int l = 0; l < kLanes; ++l) numbers[l] = room[kToldAt + which * kLanes + l];
    return numbers;
  }
};

struct SmallNormaliseArguments {
  const void* x;
  void* y;
  const float *weight, *bias;
  float* kept;
  Shape shape;
  int real;
  float slope;
  double epsilon;
};

template <class T, int kLanes>
struct SmallNormalise {
  using Arguments = SmallNormaliseArguments;
  using Room = float;
  using Both = SmallSums<kLanes>;
  static constexpr int kRoom = Both::kRoom, kPhases = 4;

  static ON_DEVICE void first(const Arguments& a, const Place& p, float* room) {
    const T* x = static_cast<const T*>(a.x) + p.block_x * kLanes;
    Sums<2, kLanes> sums;
    UNROLLED(4)
    for (int i = p.pixel; i < a.shape.height * a.shape.width; i += p.pixels) {
      const Lanes<kLanes> value = load<kLanes>(x + i * a.shape.channels);
      sums.planes[0].add(1, value);
      for (int l = 0; l < kLanes; ++l) sums.planes[1][l] += value[l] * value[l];
    }
    sums.leave(p, room);
  }
  static ON_DEVICE void second(const Arguments&, const Place& p, float* room) { Both::add_up_parts(p, room); }
  static ON_DEVICE void third(const Arguments& a, const Place& p, float* room) {
    if (p.pixel >= kLanes) return;
    const int channel = p.block_x * kLanes + p.pixel;
    const bool real = channel < a.real;
    const Statistic statistic(Both::total(room, 0, p.pixel), Both::total(room, 1, p.pixel),
                              a.shape.height * a.shape.width, a.epsilon, real ? a.weight[channel] : 0,
                              real ? a.bias[channel] : 0);
    statistic.keep(a.kept, a.shape.channels, channel);
    Both::tell(room, p.pixel, statistic.factor, statistic.shift);
  }
  static ON_DEVICE void fourth(const Arguments& a, const Place& p, const float* room) {
    const Shape s = a.shape;
    const int channel = p.block_x * kLanes;
    const Lanes<kLanes> factor = Both::told(room, 0), shift = Both::told(room, 1);
    UNROLLED(4)
    for (int i = p.pixel; i < s.padded_height() * s.padded_width(); i += p.pixels) {
      const int y = i / s.padded_width(), x = i % s.padded_width();
      const Offset from = s.at(mirrored(y - s.pad, s.height), mirrored(x - s.pad, s.width), channel);
      store(static_cast<T*>(a.y) + s.padded_at(y, x, channel),
            activated(load<kLanes>(static_cast<const T*>(a.x) + from), factor, shift, a.slope));
    }
  }
};

struct SmallGradientArguments {
  const void *x, *g;
  const float* kept;
  float *by_weight, *by_bias;  // `real` numbers
  void* out;
  Shape shape;
  int real;
  float slope;
};

template <class T, int kLanes>
struct SmallGradient {
  using Arguments = SmallGradientArguments;
  using Room = float;
  using Both = SmallSums<kLanes>;
  static constexpr int kRoom = Both::kRoom, kPhases = 4;

  // What both sweeps begin with, at pixel i: x, and the gradient before the activation.
  struct Pixel {
    Lanes<kLanes> x, g;
    ON_DEVICE Pixel(const Arguments& a, int i, int channel, const Lanes<kLanes>& factor, const Lanes<kLanes>& shift)
        : x(load<kLanes>(static_cast<const T*>(a.x) + i * a.shape.channels + channel)),
          g(before(folded<kLanes>(static_cast<const T*>(a.g), a.shape, i / a.shape.width, i % a.shape.width, channel),
                   x, factor, shift, a.slope)) {}
  };

  static ON_DEVICE void first(const Arguments& a, const Place& p, float* room) {
    const int channel = p.block_x * kLanes;
    const Lanes<kLanes> factor = row_of<kLanes>(a.kept, kFactor, a.shape, channel);
    const Lanes<kLanes> shift = row_of<kLanes>(a.kept, kShift, a.shape, channel);
    const Lanes<kLanes> mean = row_of<kLanes>(a.kept, kMean, a.shape, channel);
    Sums<2, kLanes> sums;
    UNROLLED(2)
    for (int i = p.pixel; i < a.shape.height * a.shape.width; i += p.pixels) {
      const Pixel at(a, i, channel, factor, shift);
      sums.planes[0].add(1, at.g);
      for (int l = 0; l < kLanes; ++l) sums.planes[1][l] += at.g[l] * (at.x[l] - mean[l]);
    }
    sums.leave(p, room);
  }
  static ON_DEVICE void second(const Arguments&, const Place& p, float* room) { Both::add_up_parts(p, room); }
  static ON_DEVICE void third(const Arguments& a, const Place& p, float* room) {
    if (p.pixel >= kLanes) return;
    const int channel = p.block_x * kLanes + p.pixel;
    const GradientStatistic statistic(Both::total(room, 0, p.pixel), Both::total(room, 1, p.pixel), a.kept,
                                      a.shape.channels, channel, a.shape.height * a.shape.width);
    if (channel < a.real) {
      a.by_weight[channel] = static_cast<float>(statistic.by_weight);
      a.by_bias[channel] = static_cast<float>(statistic.by_bias);
    }
    Both::tell(room, p.pixel, statistic.times_x, statistic.alone);
  }
  static ON_DEVICE void fourth(const Arguments& a, const Place& p, const float* room) {
    const int channel = p.block_x * kLanes;
    const Lanes<kLanes> factor = row_of<kLanes>(a.kept, kFactor, a.shape, channel);
    const Lanes<kLanes> shift = row_of<kLanes>(a.kept, kShift, a.shape, channel);
    const Lanes<kLanes> times_x = Both::told(room, 0), alone = Both::told(room, 1);
    UNROLLED(2)
    for (int i = p.pixel; i < a.shape.height * a.shape.width; i += p.pixels) {
      Pixel at(a, i, channel, factor, shift);
      for (int l = 0; l < kLanes; ++l) at.g[l] = factor[l] * at.g[l] - times_x[l] * at.x[l] - alone[l];
      store(static_cast<T*>(a.out) + i * a.shape.channels + channel, at.g);
    }
  }
};

}  // namespace pentimento::kernels
