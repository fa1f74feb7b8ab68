// SPDX-License-Identifier: GPL-3.0-or-later
// A 1x1 convolution to a few outputs, which is all memory traffic: those in single precision or as the input is.
#pragma once

#include "sums.cuh"

namespace pentimento::kernels {

constexpr int kMostOutputs = 4;
constexpr int kRun = 4;  // pixels for each thread, the block's others between them

struct PointwiseShape {
  Offset pixels;
  int channels, outputs;
  ON_DEVICE Offset pixel(const Place& p, int run) const {
    return (static_cast<Offset>(p.block_x) * kRun + run) * p.pixels + p.pixel;
  }
};

// The outputs: in single precision, or as the input is.
struct Outputs {
  void* data;
  bool single;
  template <class T>
  ON_DEVICE float get(Offset i) const {
    return single ? static_cast<const float*>(data)[i] : number(static_cast<const T*>(data)[i]);
  }
  template <class T>
  ON_DEVICE void set(Offset i, float value) const {
    single ? assign(static_cast<float*>(data)[i], value) : assign(static_cast<T*>(data)[i], value);
  }
};

template <int kLanes>
struct Weights {
  Lanes<kLanes> of[kMostOutputs];
  ON_DEVICE Weights(const float* weight, const PointwiseShape& s, int channel) {
    UNROLLED(4)
    for (int o = 0; o < kMostOutputs; ++o)
      if (o < s.outputs) of[o] = load<kLanes>(weight + o * s.channels + channel);
  }
};

struct PointwiseArguments {
  const void* x;
  const float *weight, *bias;  // bias: nullptr where there is none
  Outputs y;
  PointwiseShape shape;
};

template <class T, int kLanes>
struct Pointwise {
  using Arguments = PointwiseArguments;
  using Room = float;
  static constexpr int kRoom = kRun * kMostOutputs, kPhases = 2;

  static ON_DEVICE void first(const Arguments& a, const Place& p, float* room) {
    const PointwiseShape s = a.shape;
    const int channel = p.group * kLanes;
    const T* x = static_cast<const T*>(a.x) + channel;
    const Weights<kLanes> weights(a.weight, s, channel);
    UNROLLED(4)
    for (int run = 0; run < kRun; ++run) {
      if (s.pixel(p, run) >= s.pixels) return;
      const Lanes<kLanes> value = load<kLanes>(x + s.pixel(p, run) * s.channels);
      UNROLLED(4)
      for (int o = 0; o < kMostOutputs; ++o) {
        float sum = 0;
        for (int l = 0; l < kLanes; ++l) sum += weights.of[o][l] * value[l];
        room[(run * kMostOutputs + o) * p.threads() + p.thread()] = sum;
      }
    }
  }
  static ON_DEVICE void second(const Arguments& a, const Place& p, const float* room) {
    const PointwiseShape s = a.shape;
    for (int i = p.thread(); i < kRun * p.pixels * s.outputs; i += p.threads()) {
      const int o = i % s.outputs, pixel = i / s.outputs % p.pixels, run = i / s.outputs / p.pixels;
      const Offset at = (static_cast<Offset>(p.block_x) * kRun + run) * p.pixels + pixel;
      if (at >= s.pixels) return;
      float sum = a.bias ? a.bias[o] : 0;
      for (int group = 0; group < p.groups; ++group)
        sum += room[(run * kMostOutputs + o) * p.threads() + pixel * p.groups + group];
      a.y.set<T>(at * s.outputs + o, sum);
    }
  }
};

struct PointwiseGradientArguments {
  Outputs g;
  const float* weight;
  void* out;
  PointwiseShape shape;
};

template <class T, int kLanes>
struct PointwiseGradient : WithoutRoom {
  using Arguments = PointwiseGradientArguments;

  static ON_DEVICE void first(const Arguments& a, const Place& p, float*) {
    const PointwiseShape s = a.shape;
    const int channel = p.group * kLanes;
    T* out = static_cast<T*>(a.out) + channel;
    const Weights<kLanes> weights(a.weight, s, channel);
    UNROLLED(4)
    for (int run = 0; run < kRun; ++run) {
      const Offset pixel = s.pixel(p, run);
      if (pixel >= s.pixels) return;
      Lanes<kLanes> sum;
      UNROLLED(4)
      for (int o = 0; o < kMostOutputs; ++o)
        if (o < s.outputs) sum.add(a.g.get<T>(pixel * s.outputs + o), weights.of[o]);
      store(out + pixel * s.channels, sum);
    }
  }
};

struct PointwiseWeightGradientArguments {
  const void* x;
  Outputs g;
  float* sums;  // kMostOutputs rows of channels for each block
  PointwiseShape shape;
};

template <class T, int kLanes>
struct PointwiseWeightGradient {
  using Arguments = PointwiseWeightGradientArguments;
  using Room = float;
  using AllSums = Sums<kMostOutputs, kLanes>;
  static constexpr int kRoom = AllSums::kRoom, kPhases = 2;

  static ON_DEVICE void first(const Arguments& a, const Place& p, float* room) {
    const PointwiseShape s = a.shape;
    const T* x = static_cast<const T*>(a.x) + p.group * kLanes;
    AllSums sums;
    const Offset step = static_cast<Offset>(p.blocks_x) * p.pixels;
    UNROLLED(2)
    for (Offset i = static_cast<Offset>(p.block_x) * p.pixels + p.pixel; i < s.pixels; i += step) {
      const Lanes<kLanes> value = load<kLanes>(x + i * s.channels);
      UNROLLED(4)
      for (int o = 0; o < kMostOutputs; ++o)
        if (o < s.outputs) sums.planes[o].add(a.g.get<T>(i * s.outputs + o), value);
    }
    sums.leave(p, room);
  }
  static ON_DEVICE void second(const Arguments& a, const Place& p, const float* room) {
    AllSums::add_up(p, room, a.shape.channels, a.sums);
  }
};

struct PointwiseTotalsArguments {
  const float* sums;
  float* by_weight;  // outputs x channels
  int blocks, channels, outputs;
};

struct PointwiseTotals {
  using Arguments = PointwiseTotalsArguments;
  using Room = double;
  static constexpr int kRoom = kMostOutputs, kPhases = 2;

  static ON_DEVICE void first(const Arguments& a, const Place& p, double* room) {
    Totals<kMostOutputs>::leave(p, a.sums, a.blocks, a.channels, room);
  }
  static ON_DEVICE void second(const Arguments& a, const Place& p, const double* room) {
    const int channel = Totals<kMostOutputs>::channel(p);
    if (p.pixel > 0 || channel >= a.channels) return;
    for (int o = 0; o < a.outputs; ++o)
      a.by_weight[o * a.channels + channel] = static_cast<float>(Totals<kMostOutputs>::total(p, room, o));
  }
};

}  // namespace pentimento::kernels
