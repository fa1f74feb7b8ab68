// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "nets/dense_block.h"
#include "nets/fused/direct.h"
#include "nets/fused/lanes.h"

namespace pentimento {

// Part of a picture in memory, channels innermost: `channels` of the `stride` floats of each pixel.
struct PixelView {
  const float* data;
  int64_t height, width, stride, channels;
};

// A dense block for whole pictures on a CPU. Works tile by tile, so that what it makes on the way stays in the
// processor's caches; each sum is taken in one order, so that no bit depends on tiles, threads or vectors (where the
// processor has fused multiply-add, which every one since 2013 has).
class DenseSweep {
 public:
  explicit DenseSweep(const DenseBlock& block);

  // What each of the blocks makes of part of a row, from (y, x) on: `pixels` pixels of padded_outputs() floats, of
  // which the block's own come first. Called by several threads.
  using Row = std::function<void(int64_t y, int64_t x, int64_t pixels, const std::vector<const float*>& made)>;

  // Runs blocks of the same number of channels over `input`; `row` must not write what they read.
  static void run(const std::vector<const DenseSweep*>& blocks, const PixelView& input, const Row& row);

  int64_t padded_outputs() const { return chunks_of(outputs_) * kLanes; }

 private:
  // One convolution: [tap][input channel][output channel], outputs padded to whole vectors. Where the outputs are few,
  // they and the three columns of the kernel share a vector, and the taps are the rows alone.
  struct Convolution {
    std::vector<float> weights, bias;
    int64_t taps, panels;
  };
  struct Tile;
  Direct direct(int64_t index, const Tile& tile) const;
  void run(Tile& tile, float* made) const;

  int64_t inputs_, outputs_;
  std::vector<Convolution> convolutions_;
};

}  // namespace pentimento
