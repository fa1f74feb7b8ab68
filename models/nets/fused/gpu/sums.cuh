// SPDX-License-Identifier: GPL-3.0-or-later
// Sums over a picture's pixels for every channel: of a thread, of its block, and in another kernel of all blocks, each
// in a fixed order and without atomics, so that they come out the same every time.
#pragma once

#include "lanes.cuh"

namespace pentimento::kernels {

constexpr int kColumns = 16;  // channels for a block of the kernels that add up blocks

// A thread's kPlanes sums for each of its channels.
template <int kPlanes, int kLanes>
struct Sums {
  static constexpr int kRoom = kPlanes * kLanes;
  Lanes<kLanes> planes[kPlanes];

  ON_DEVICE void leave(const Place& p, float* room) const {
    for (int i = 0; i < kRoom; ++i) room[i * p.threads() + p.thread()] = planes[i / kLanes][i % kLanes];
  }

  // Adds up what the block's threads have left. `sums`: a row of kPlanes x channels for each block.
  static ON_DEVICE void add_up(const Place& p, const float* room, int channels, float* sums) {
    sums += static_cast<Offset>(p.block()) * kPlanes * channels;
    for (int i = p.thread(); i < kRoom * p.groups; i += p.threads()) {
      const int group = i % p.groups, sum = i / p.groups;
      float total = 0;
      for (int pixel = 0; pixel < p.pixels; ++pixel) total += room[sum * p.threads() + pixel * p.groups + group];
      sums[sum / kLanes * channels + group * kLanes + sum % kLanes] = total;
    }
  }
};

// Adds up those rows. A thread's `group` is a column of its block here and its `pixel` a slice of the rows.
template <int kPlanes>
struct Totals {
  static ON_DEVICE int channel(const Place& p) { return p.block_x * kColumns + p.group; }

  static ON_DEVICE void leave(const Place& p, const float* sums, int blocks, int channels, double* room) {
    for (int plane = 0; plane < kPlanes; ++plane) {
      double total = 0;
      if (channel(p) < channels) UNROLLED(8)
      for (int block = p.pixel; block < blocks; block += p.pixels)
        total += sums[(static_cast<Offset>(block) * kPlanes + plane) * channels + channel(p)];
      room[plane * p.threads() + p.thread()] = total;
    }
  }

  static ON_DEVICE double total(const Place& p, const double* room, int plane) {
    double total = 0;
    for (int slice = 0; slice < p.pixels; ++slice) total += room[plane * p.threads() + slice * p.groups + p.group];
    return total;
  }
};

}  // namespace pentimento::kernels
