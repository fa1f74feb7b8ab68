// SPDX-License-Identifier: GPL-3.0-or-later
// Batch normalisation, LeakyReLU and reflection padding, in two sweeps over the picture each way.
#pragma once

#include "sums.cuh"

namespace pentimento::kernels {

// What of the statistics is kept, a row of channels each: normalised, x is factor x + shift.
enum Kept { kFactor, kShift, kMean, kInverse, kKept };

// One channel's numbers of those rows.
struct Statistic {
  double factor, shift, mean, inverse;

  ON_DEVICE Statistic(double sum, double squares, double pixels, double epsilon, double weight, double bias) {
    mean = sum / pixels;
    const double variance = squares / pixels - mean * mean;
    inverse = 1 / sqrt((variance < 0 ? 0 : variance) + epsilon);
    factor = weight * inverse;
    shift = bias - factor * mean;
  }
  ON_DEVICE void keep(float* kept, int channels, int channel) const {
    kept[kFactor * channels + channel] = static_cast<float>(factor);
    kept[kShift * channels + channel] = static_cast<float>(shift);
    kept[kMean * channels + channel] = static_cast<float>(mean);
    kept[kInverse * channels + channel] = static_cast<float>(inverse);
  }
};

// The gradients by one channel's weight and bias, and the shares of mean and variance in the one by x: times x, alone.
struct GradientStatistic {
  double by_weight, by_bias, times_x, alone;

  // Of the sums of the gradient before the activation, and of it times x - mean.
  ON_DEVICE GradientStatistic(double sum, double products, const float* kept, int channels, int channel,
                              double pixels) {
    const double factor = kept[kFactor * channels + channel], mean = kept[kMean * channels + channel];
    const double inverse = kept[kInverse * channels + channel];
    by_bias = sum;
    by_weight = products * inverse;
    times_x = factor * inverse * by_weight / pixels;
    alone = factor * by_bias / pixels - times_x * mean;
  }
};

template <int kLanes>
ON_DEVICE Lanes<kLanes> activated(const Lanes<kLanes>& x, const Lanes<kLanes>& factor, const Lanes<kLanes>& shift,
                                  float slope) {
  Lanes<kLanes> y;
  for (int l = 0; l < kLanes; ++l) {
    const float z = factor[l] * x[l] + shift[l];
    y[l] = z > 0 ? z : slope * z;
  }
  return y;
}

// The gradient before the activation, of the one behind it.
template <int kLanes>
ON_DEVICE Lanes<kLanes> before(const Lanes<kLanes>& above, const Lanes<kLanes>& x, const Lanes<kLanes>& factor,
                               const Lanes<kLanes>& shift, float slope) {
  Lanes<kLanes> g;
  for (int l = 0; l < kLanes; ++l) g[l] = factor[l] * x[l] + shift[l] > 0 ? above[l] : slope * above[l];
  return g;
}

template <int kLanes>
ON_DEVICE Lanes<kLanes> row_of(const float* rows, int row, const Shape& s, int channel) {
  return load<kLanes>(rows + row * s.channels + channel);
}

struct MomentsArguments {
  const void* x;
  float* sums;  // of samples and of their squares
  Offset pixels;
  int channels;
};

template <class T, int kLanes>
struct Moments {
  using Arguments = MomentsArguments;
  using Room = float;
  using BothSums = Sums<2, kLanes>;
  static constexpr int kRoom = BothSums::kRoom, kPhases = 2;

  static ON_DEVICE void first(const Arguments& a, const Place& p, float* room) {
    const T* x = static_cast<const T*>(a.x) + p.group * kLanes;
    BothSums sums;
    const Offset step = static_cast<Offset>(p.blocks_x) * p.pixels;
    UNROLLED(4)
    for (Offset i = static_cast<Offset>(p.block_x) * p.pixels + p.pixel; i < a.pixels; i += step) {
      const Lanes<kLanes> value = load<kLanes>(x + i * a.channels);
      for (int l = 0; l < kLanes; ++l) {
        sums.planes[0][l] += value[l];
        sums.planes[1][l] += value[l] * value[l];
      }
    }
    sums.leave(p, room);
  }
  static ON_DEVICE void second(const Arguments& a, const Place& p, const float* room) {
    BothSums::add_up(p, room, a.channels, a.sums);
  }
};

struct StatisticsArguments {
  const float *sums, *weight, *bias;
  float* kept;
  int blocks, channels, real;
  double pixels, epsilon;
};

struct Statistics {
  using Arguments = StatisticsArguments;
  using Room = double;
  static constexpr int kRoom = 2, kPhases = 2;

  static ON_DEVICE void first(const Arguments& a, const Place& p, double* room) {
    Totals<2>::leave(p, a.sums, a.blocks, a.channels, room);
  }
  static ON_DEVICE void second(const Arguments& a, const Place& p, const double* room) {
    const int channel = Totals<2>::channel(p);
    if (p.pixel > 0 || channel >= a.channels) return;
    const bool real = channel < a.real;
    Statistic(Totals<2>::total(p, room, 0), Totals<2>::total(p, room, 1), a.pixels, a.epsilon,
              real ? a.weight[channel] : 0, real ? a.bias[channel] : 0)
        .keep(a.kept, a.channels, channel);
  }
};

struct NormaliseArguments {
  const void* x;
  void* y;
  const float* kept;
  Shape shape;
  float slope;
};

template <class T, int kLanes>
struct Normalise : WithoutRoom {
  using Arguments = NormaliseArguments;

  static ON_DEVICE void first(const Arguments& a, const Place& p, float*) {
    const Shape s = a.shape;
    const T* from = static_cast<const T*>(a.x);
    T* to = static_cast<T*>(a.y);
    const int channel = p.group * kLanes;
    const Lanes<kLanes> factor = row_of<kLanes>(a.kept, kFactor, s, channel);
    const Lanes<kLanes> shift = row_of<kLanes>(a.kept, kShift, s, channel);
    for (int y = p.block_y; y < s.padded_height(); y += p.blocks_y) {
      const int row = mirrored(y - s.pad, s.height);
      UNROLLED(4)
      for (int x = p.block_x * p.pixels + p.pixel; x < s.padded_width(); x += p.blocks_x * p.pixels) {
        const Lanes<kLanes> value = load<kLanes>(from + s.at(row, mirrored(x - s.pad, s.width), channel));
        store(to + s.padded_at(y, x, channel), activated(value, factor, shift, a.slope));
      }
    }
  }
};

struct GradientMomentsArguments {
  const void *x, *g;
  const float* kept;
  float* sums;  // of the gradient before the activation, and of it times x - mean
  Shape shape;
  float slope;
};

template <class T, int kLanes>
struct GradientMoments {
  using Arguments = GradientMomentsArguments;
  using Room = float;
  using BothSums = Sums<2, kLanes>;
  static constexpr int kRoom = BothSums::kRoom, kPhases = 2;

  static ON_DEVICE void first(const Arguments& a, const Place& p, float* room) {
    const Shape s = a.shape;
    const T *from = static_cast<const T*>(a.x), *g = static_cast<const T*>(a.g);
    const int channel = p.group * kLanes;
    const Lanes<kLanes> factor = row_of<kLanes>(a.kept, kFactor, s, channel);
    const Lanes<kLanes> shift = row_of<kLanes>(a.kept, kShift, s, channel);
    const Lanes<kLanes> mean = row_of<kLanes>(a.kept, kMean, s, channel);
    BothSums sums;
    for (int y = p.block_y; y < s.height; y += p.blocks_y) {
      UNROLLED(2)
      for (int x = p.block_x * p.pixels + p.pixel; x < s.width; x += p.blocks_x * p.pixels) {
        const Lanes<kLanes> value = load<kLanes>(from + s.at(y, x, channel));
        const Lanes<kLanes> g_before = before(folded<kLanes>(g, s, y, x, channel), value, factor, shift, a.slope);
        sums.planes[0].add(1, g_before);
        for (int l = 0; l < kLanes; ++l) sums.planes[1][l] += g_before[l] * (value[l] - mean[l]);
      }
    }
    sums.leave(p, room);
  }
  static ON_DEVICE void second(const Arguments& a, const Place& p, const float* room) {
    BothSums::add_up(p, room, a.shape.channels, a.sums);
  }
};

struct GradientStatisticsArguments {
  const float *sums, *kept;
  float *by_weight, *by_bias;  // `real` numbers
  float* shares;               // 2 x channels: times x, and alone
  int blocks, channels, real;
  double pixels;
};

struct GradientStatistics {
  using Arguments = GradientStatisticsArguments;
  using Room = double;
  static constexpr int kRoom = 2, kPhases = 2;

  static ON_DEVICE void first(const Arguments& a, const Place& p, double* room) {
    Totals<2>::leave(p, a.sums, a.blocks, a.channels, room);
  }
  static ON_DEVICE void second(const Arguments& a, const Place& p, const double* room) {
    const int channel = Totals<2>::channel(p);
    if (p.pixel > 0 || channel >= a.channels) return;
    const GradientStatistic statistic(Totals<2>::total(p, room, 0), Totals<2>::total(p, room, 1), a.kept, a.channels,
                                      channel, a.pixels);
    if (channel < a.real) {
      a.by_weight[channel] = static_cast<float>(statistic.by_weight);
      a.by_bias[channel] = static_cast<float>(statistic.by_bias);
    }
    a.shares[channel] = static_cast<float>(statistic.times_x);
    a.shares[a.channels + channel] = static_cast<float>(statistic.alone);
  }
};

struct GradientArguments {
  const void *x, *g;
  const float *kept, *shares;
  void* out;
  Shape shape;
  float slope;
};

template <class T, int kLanes>
struct Gradient : WithoutRoom {
  using Arguments = GradientArguments;

  static ON_DEVICE void first(const Arguments& a, const Place& p, float*) {
    const Shape s = a.shape;
    const T *from = static_cast<const T*>(a.x), *g = static_cast<const T*>(a.g);
    T* out = static_cast<T*>(a.out);
    const int channel = p.group * kLanes;
    const Lanes<kLanes> factor = row_of<kLanes>(a.kept, kFactor, s, channel);
    const Lanes<kLanes> shift = row_of<kLanes>(a.kept, kShift, s, channel);
    const Lanes<kLanes> times_x = row_of<kLanes>(a.shares, 0, s, channel);
    const Lanes<kLanes> alone = row_of<kLanes>(a.shares, 1, s, channel);
    for (int y = p.block_y; y < s.height; y += p.blocks_y) {
      UNROLLED(2)
      for (int x = p.block_x * p.pixels + p.pixel; x < s.width; x += p.blocks_x * p.pixels) {
        const Lanes<kLanes> value = load<kLanes>(from + s.at(y, x, channel));
        Lanes<kLanes> by_x = before(folded<kLanes>(g, s, y, x, channel), value, factor, shift, a.slope);
        for (int l = 0; l < kLanes; ++l) by_x[l] = factor[l] * by_x[l] - times_x[l] * value[l] - alone[l];
        store(out + s.at(y, x, channel), by_x);
      }
    }
  }
};

}  // namespace pentimento::kernels
