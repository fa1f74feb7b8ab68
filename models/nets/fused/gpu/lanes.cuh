// SPDX-License-Identifier: GPL-3.0-or-later
// What the GPU's kernels share. They are compiled by NVRTC for the GPU at hand, and are plain C++ as well: tests run
// the same bodies over the same grid on the CPU.
//
// Pictures have the channels innermost. Where a kernel is told of fewer `real` channels than there are, those behind
// are zero and stay zero: they only make a pixel's bytes a multiple of 16, which convolutions on tensor cores want.
#pragma once

#ifdef __CUDACC__
#define ON_DEVICE __device__ __forceinline__
#define PRAGMA(text) _Pragma(#text)
#define UNROLLED(times) PRAGMA(unroll times)
#else
#include <cmath>
#include <cstring>
#define ON_DEVICE inline
#define UNROLLED(times)
#endif

namespace pentimento::kernels {

using Offset = long long;  // a large picture has more than 2^31 samples

constexpr int kThreads = 256;  // of a block at most

// One thread: which block of how many, which group of neighbouring channels, which of the block's pixels.
struct Place {
  int block_x, block_y, blocks_x, blocks_y, group, pixel, groups, pixels;
  ON_DEVICE int block() const { return block_y * blocks_x + block_x; }
  ON_DEVICE int thread() const { return pixel * groups + group; }
  ON_DEVICE int threads() const { return pixels * groups; }
};

// A kernel is a struct with Arguments and kPhases functions: first(), second() and so on. A phase runs when all threads
// of the block have done the one before it; kRoom numbers of type Room a thread are where they leave each other
// something.
struct WithoutRoom {
  using Room = float;
  static constexpr int kRoom = 0, kPhases = 1;
};

struct Bfloat16 {
  unsigned short bits;
};

ON_DEVICE float number(float x) { return x; }
ON_DEVICE float number(Bfloat16 x) {
  const unsigned bits = static_cast<unsigned>(x.bits) << 16;
#ifdef __CUDACC__
  return __uint_as_float(bits);
#else
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
#endif
}

ON_DEVICE void assign(float& to, float x) { to = x; }
// To the nearest, ties to even.
ON_DEVICE void assign(Bfloat16& to, float x) {
#ifdef __CUDACC__
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(to.bits) : "f"(x));
#else
  unsigned bits;
  std::memcpy(&bits, &x, sizeof bits);
  const bool is_nan = (bits & 0x7fffffffu) > 0x7f800000u;
  to.bits = static_cast<unsigned short>(is_nan ? 0x7fffu : (bits + 0x7fffu + (bits >> 16 & 1)) >> 16);
#endif
}

// Neighbouring channels as one load or store.
template <class T, int kLanes>
struct alignas(sizeof(T) * kLanes) Pack {
  T lane[kLanes];
};

template <int kLanes>
struct Lanes {
  float lane[kLanes] = {};
  ON_DEVICE float& operator[](int i) { return lane[i]; }
  ON_DEVICE float operator[](int i) const { return lane[i]; }
  ON_DEVICE void add(float weight, const Lanes& other) {
    for (int i = 0; i < kLanes; ++i) lane[i] += weight * other.lane[i];
  }
};

template <int kLanes, class T>
ON_DEVICE Lanes<kLanes> load(const T* from) {
  const Pack<T, kLanes> pack = *reinterpret_cast<const Pack<T, kLanes>*>(from);
  Lanes<kLanes> x;
  for (int i = 0; i < kLanes; ++i) x[i] = number(pack.lane[i]);
  return x;
}

template <int kLanes, class T>
ON_DEVICE void store(T* to, const Lanes<kLanes>& x) {
  Pack<T, kLanes> pack;
  for (int i = 0; i < kLanes; ++i) assign(pack.lane[i], x[i]);
  *reinterpret_cast<Pack<T, kLanes>*>(to) = pack;
}

ON_DEVICE int mirrored(int i, int n) { return i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i; }

// A picture, and its version with `pad` pixels reflected around it; without its outermost ones where that is negative.
struct Shape {
  int height, width, channels, pad;
  ON_DEVICE int padded_height() const { return height + 2 * pad; }
  ON_DEVICE int padded_width() const { return width + 2 * pad; }
  ON_DEVICE Offset at(int y, int x, int channel) const {
    return (static_cast<Offset>(y) * width + x) * channels + channel;
  }
  ON_DEVICE Offset padded_at(int y, int x, int channel) const {
    return (static_cast<Offset>(y) * padded_width() + x) * channels + channel;
  }
};

// Where a padded line has copies of its pixel `i` of n in its rims; -1: nowhere.
struct Copies {
  int before, behind;
  ON_DEVICE Copies(int i, int n, int pad)
      : before(i >= 1 && i <= pad ? pad - i : -1),
        behind(i <= n - 2 && i >= n - 1 - pad ? pad + 2 * (n - 1) - i : -1) {}
};

// The padded picture's gradient at a pixel: also that of its copies.
template <int kLanes, class T>
ON_DEVICE Lanes<kLanes> folded(const T* g, const Shape& s, int y, int x, int channel) {
  Lanes<kLanes> sum = load<kLanes>(g + s.padded_at(y + s.pad, x + s.pad, channel));
  const Copies v(y, s.height, s.pad), h(x, s.width, s.pad);
  if (v.before < 0 && v.behind < 0 && h.before < 0 && h.behind < 0) return sum;
  // Rare: small code is worth more than speed.
  UNROLLED(1)
  for (int i = 1; i < 9; ++i) {
    const int row = i / 3 == 0 ? y + s.pad : i / 3 == 1 ? v.before : v.behind;
    const int column = i % 3 == 0 ? x + s.pad : i % 3 == 1 ? h.before : h.behind;
    if (row >= 0 && column >= 0) sum.add(1, load<kLanes>(g + s.padded_at(row, column, channel)));
  }
  return sum;
}

}  // namespace pentimento::kernels
