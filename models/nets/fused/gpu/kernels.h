// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>

#include "nets/fused/gpu/lanes.cuh"

namespace pentimento::gpu {

// blocks_x x blocks_y blocks of groups x pixels threads, at most 256. Threads take several pixels where there are many.
struct Grid {
  int blocks_x, blocks_y, groups, pixels;
  int blocks() const { return blocks_x * blocks_y; }

  // For a picture with so many groups of channels, by rows and columns, of at most about `most` blocks.
  static Grid over(int64_t rows, int64_t columns, int64_t groups, int64_t most);
  // For its pixels in one line, to be summed: of as few blocks as a GPU can be busy with, for each leaves sums in
  // memory.
  static Grid along(int64_t pixels, int64_t groups);
  // For the kernels that add up those sums.
  static Grid totals(int64_t channels);
};

constexpr int64_t kSweepingBlocks = 2048;  // a few for every multiprocessor

// What runs the kernels of the .cuh files: a GPU, or in tests a stand-in that calls them on the CPU.
class Kernels {
 public:
  virtual ~Kernels() = default;
  // Queues the kernel (an entry point of kernels.cu) for `element` (float or bfloat16) and `lanes` channels a thread on
  // the current stream. `arguments` is its Arguments. Throws where it cannot be compiled or launched.
  virtual void launch(const char* name, torch::ScalarType element, int lanes, const Grid& grid, void* arguments) = 0;
};

// Those of a device; nullptr where it has none.
Kernels* kernels_of(const torch::Device& device);

// Makes `kernels` those of the CPU, which has none of its own; nullptr takes that back. For tests.
void stand_in(Kernels* kernels);

// How many channels a thread works on at once, in pictures with so many: 16 bytes where that divides them.
int lanes_of(torch::ScalarType element, int64_t channels);

// `channels`, made a multiple of 16 bytes.
inline int64_t whole(torch::ScalarType element, int64_t channels) {
  const auto unit = static_cast<int64_t>(16 / c10::elementSize(element));
  return (channels + unit - 1) / unit * unit;
}

inline kernels::Shape shape_of(const torch::Tensor& picture, int64_t pad) {
  return {static_cast<int>(picture.size(2)), static_cast<int>(picture.size(3)), static_cast<int>(picture.size(1)),
          static_cast<int>(pad)};
}

inline torch::Tensor empty_picture(const torch::Tensor& like, int64_t channels, int64_t height, int64_t width) {
  return torch::empty({1, channels, height, width}, like.options(), torch::MemoryFormat::ChannelsLast);
}

// In single precision, on the device of `like`.
inline torch::Tensor numbers(const torch::Tensor& like, at::IntArrayRef shape) {
  return torch::empty(shape, torch::dtype(torch::kFloat).device(like.device()));
}

template <class Arguments>
void launch(const torch::Tensor& picture, const char* name, int lanes, const Grid& grid, Arguments arguments) {
  kernels_of(picture.device())->launch(name, picture.scalar_type(), lanes, grid, &arguments);
}

}  // namespace pentimento::gpu
