// SPDX-License-Identifier: GPL-3.0-or-later
// Reflection padding alone, or a cut, and the deeper scale enlarged twice behind the skip connection's channels.
#pragma once

#include "lanes.cuh"

namespace pentimento::kernels {

struct PadArguments {
  const void* x;
  void* y;
  Shape shape;  // its channels are y's
  int real;     // x's
};

// Also gives a pixel more channels: a thread for each of the new ones, if kLanes is 1.
template <class T, int kLanes>
struct Pad : WithoutRoom {
  using Arguments = PadArguments;

  static ON_DEVICE void first(const Arguments& a, const Place& p, float*) {
    const Shape s = a.shape;
    const int channel = p.group * kLanes;
    for (int y = p.block_y; y < s.padded_height(); y += p.blocks_y) {
      const Offset row = static_cast<Offset>(mirrored(y - s.pad, s.height)) * s.width;
      for (int x = p.block_x * p.pixels + p.pixel; x < s.padded_width(); x += p.blocks_x * p.pixels) {
        const T* from = static_cast<const T*>(a.x) + (row + mirrored(x - s.pad, s.width)) * a.real + channel;
        store(static_cast<T*>(a.y) + s.padded_at(y, x, channel),
              channel < a.real ? load<kLanes>(from) : Lanes<kLanes>());
      }
    }
  }
};

struct PadGradientArguments {
  const void* g;
  void* out;
  Shape shape;  // its channels are g's
  int real;     // out's
};

ON_DEVICE bool is_cut_off(const Shape& s, int y, int x) {
  return y + s.pad < 0 || x + s.pad < 0 || y + s.pad >= s.padded_height() || x + s.pad >= s.padded_width();
}

template <class T, int kLanes>
struct PadGradient : WithoutRoom {
  using Arguments = PadGradientArguments;

  static ON_DEVICE void first(const Arguments& a, const Place& p, float*) {
    const Shape s = a.shape;
    const int channel = p.group * kLanes;
    if (channel >= a.real) return;
    for (int y = p.block_y; y < s.height; y += p.blocks_y)
      for (int x = p.block_x * p.pixels + p.pixel; x < s.width; x += p.blocks_x * p.pixels)
        store(static_cast<T*>(a.out) + (static_cast<Offset>(y) * s.width + x) * a.real + channel,
              is_cut_off(s, y, x) ? Lanes<kLanes>() : folded<kLanes>(static_cast<const T*>(a.g), s, y, x, channel));
  }
};

constexpr float kNear = 0.75f, kFar = 0.25f;

// Fine sample f mixes coarse sample f / 2 with the neighbour on its side, the edge standing in for one that is missing.
ON_DEVICE int neighbour(int f, int coarse) {
  const int i = f / 2 + (f % 2 ? 1 : -1);
  return i < 0 ? 0 : i >= coarse ? coarse - 1 : i;
}

// How much of fine sample f is coarse sample i.
ON_DEVICE float share(int f, int i, int coarse) {
  return (f / 2 == i ? kNear : 0.0f) + (neighbour(f, coarse) == i ? kFar : 0.0f);
}

struct JoinShape {
  int height, width, coarse_height, coarse_width;
  int skip, deep, channels;  // channels: of both, and those behind that are zero
  ON_DEVICE Offset joined_at(int y, int x) const { return (static_cast<Offset>(y) * width + x) * channels; }
  ON_DEVICE Offset coarse_at(int y, int x) const { return (static_cast<Offset>(y) * coarse_width + x) * deep; }
};

struct JoinArguments {
  const void *skip, *deep;
  void* y;
  JoinShape shape;
};

template <class T, int kLanes>
struct Join : WithoutRoom {
  using Arguments = JoinArguments;

  static ON_DEVICE void first(const Arguments& a, const Place& p, float*) {
    const JoinShape s = a.shape;
    const int channel = p.group * kLanes, behind = channel - s.skip;
    T* to = static_cast<T*>(a.y) + channel;
    const T* deep = static_cast<const T*>(a.deep) + behind;
    for (int y = p.block_y; y < s.height; y += p.blocks_y) {
      const int near_row = y / 2, far_row = neighbour(y, s.coarse_height);
      UNROLLED(2)
      for (int x = p.block_x * p.pixels + p.pixel; x < s.width; x += p.blocks_x * p.pixels) {
        Lanes<kLanes> value;
        if (behind < 0) {
          value =
              load<kLanes>(static_cast<const T*>(a.skip) + (static_cast<Offset>(y) * s.width + x) * s.skip + channel);
        } else if (behind < s.deep) {
          const int near_column = x / 2, far_column = neighbour(x, s.coarse_width);
          value.add(kNear * kNear, load<kLanes>(deep + s.coarse_at(near_row, near_column)));
          value.add(kNear * kFar, load<kLanes>(deep + s.coarse_at(near_row, far_column)));
          value.add(kFar * kNear, load<kLanes>(deep + s.coarse_at(far_row, near_column)));
          value.add(kFar * kFar, load<kLanes>(deep + s.coarse_at(far_row, far_column)));
        }
        store(to + s.joined_at(y, x), value);
      }
    }
  }
};

struct JoinGradientArguments {
  const void* g;
  void* by_deep;
  JoinShape shape;
};

// The gradient by the deeper scale: every coarse pixel gathers the fine ones that it was mixed into.
template <class T, int kLanes>
struct JoinGradient : WithoutRoom {
  using Arguments = JoinGradientArguments;

  static ON_DEVICE void first(const Arguments& a, const Place& p, float*) {
    const JoinShape s = a.shape;
    const int channel = p.group * kLanes;
    const T* g = static_cast<const T*>(a.g) + s.skip + channel;
    for (int i = p.block_y; i < s.coarse_height; i += p.blocks_y)
      for (int j = p.block_x * p.pixels + p.pixel; j < s.coarse_width; j += p.blocks_x * p.pixels) {
        Lanes<kLanes> sum;
        UNROLLED(4)
        for (int y = 2 * i - 1; y <= 2 * i + 2; ++y) {
          if (y < 0 || y >= s.height) continue;
          const float vertical = share(y, i, s.coarse_height);
          UNROLLED(4)
          for (int x = 2 * j - 1; x <= 2 * j + 2; ++x)
            if (x >= 0 && x < s.width)
              sum.add(vertical * share(x, j, s.coarse_width), load<kLanes>(g + s.joined_at(y, x)));
        }
        store(static_cast<T*>(a.by_deep) + s.coarse_at(i, j) + channel, sum);
      }
  }
};

}  // namespace pentimento::kernels
