// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/fused/dense_sweep.h"

#include <algorithm>
#include <cstring>

#include "imaging/rows.h"

namespace pentimento {

namespace {

constexpr int64_t kLayers = DenseBlock::kConvolutions;
constexpr int64_t kPanels = DenseBlock::kGrowth / kLanes;  // vectors that a layer adds
constexpr int64_t kSide = 88;        // of a tile: with its halo a multiple of what is done at once
constexpr int64_t kFewOutputs = 10;  // three times as many fit into two vectors

struct Area {
  int64_t top, left, bottom, right;
};

}  // namespace

// What one thread works on. Features lie as [vector of channels][row][column][lane], in the picture's own coordinates
// less those of the tile's corner with its halo.
struct DenseSweep::Tile {
  explicit Tile(const PixelView& input)
      : height(input.height),
        width(input.width),
        input_vectors(chunks_of(input.channels)),
        columns(std::min(kSide, width) + 2 * kLayers + kMostAtOnce),
        plane((std::min(kSide, height) + 2 * kLayers) * columns * kLanes),
        features(static_cast<size_t>((input_vectors + (kLayers - 1) * kPanels) * plane)) {}

  // Takes another part of the picture.
  void move(const PixelView& input, int64_t to_top, int64_t to_left) {
    top = to_top, left = to_left;
    // At a border of the picture less is filled than is read.
    std::fill_n(features.begin(), input_vectors * plane, 0.0f);
    const Area a = area(kLayers);
    for (int64_t y = a.top; y < a.bottom; ++y)
      for (int64_t v = 0; v < input_vectors; ++v) {
        const size_t lanes = static_cast<size_t>(std::min(kLanes, input.channels - v * kLanes));
        float* to = at(v, y, a.left);
        const float* from = input.data + (y * width + a.left) * input.stride + v * kLanes;
        for (int64_t x = a.left; x < a.right; ++x, to += kLanes, from += input.stride)
          std::memcpy(to, from, lanes * sizeof(float));
      }
  }

  // The pixels that a layer is computed on, of the picture.
  Area area(int64_t margin) const {
    return {std::max<int64_t>(top - margin, 0), std::max<int64_t>(left - margin, 0),
            std::min(std::min(top + kSide, height) + margin, height),
            std::min(std::min(left + kSide, width) + margin, width)};
  }
  float* at(int64_t vector, int64_t y, int64_t x) {
    return features.data() + vector * plane + ((y - top + kLayers) * columns + (x - left + kLayers)) * kLanes;
  }
  // Zeros around what was computed of a vector: beyond the picture a convolution sees zeros.
  void frame(int64_t vector, const Area& a) {
    const auto clear = [&](int64_t y, int64_t x, int64_t pixels) {
      std::memset(at(vector, y, x), 0, static_cast<size_t>(pixels * kLanes) * sizeof(float));
    };
    clear(a.top - 1, a.left - 1, a.right - a.left + 2);
    clear(a.bottom, a.left - 1, a.right - a.left + 2);
    for (int64_t y = a.top; y < a.bottom; ++y) {
      clear(y, a.left - 1, 1);
      clear(y, a.right, 1);
    }
  }

  const int64_t height, width;  // of the picture
  const int64_t input_vectors, columns, plane;
  int64_t top = 0, left = 0;
  std::vector<float> features;
  std::vector<float> columns_made = std::vector<float>((kSide + 2 + kMostAtOnce) * 2 * kLanes);
};

DenseSweep::DenseSweep(const DenseBlock& block) : inputs_(block.in_channels()), outputs_(block.out_channels()) {
  for (int64_t k = 0; k < kLayers; ++k) {
    const torch::Tensor weight = block.convolution(k)->weight.detach().to(torch::kCPU, torch::kFloat);
    const int64_t inputs = weight.size(1), outputs = weight.size(0), taps = outputs <= kFewOutputs ? 3 : 9;
    // [row][column][input][output], or [row][input][column and output]
    const torch::Tensor packed = taps == 9 ? weight.permute({2, 3, 1, 0}).reshape({9, inputs, outputs})
                                           : weight.permute({2, 1, 3, 0}).reshape({3, inputs, 3 * outputs});
    const int64_t panels = chunks_of(packed.size(2));
    const torch::Tensor padded = torch::zeros({taps, inputs, panels * kLanes});
    padded.slice(2, 0, packed.size(2)).copy_(packed);
    const torch::Tensor bias = torch::zeros({panels * kLanes});
    const int64_t middle = taps == 9 ? 0 : outputs;
    bias.slice(0, middle, middle + outputs).copy_(block.convolution(k)->bias.detach());
    const auto floats = [](const torch::Tensor& t) {
      return std::vector<float>(t.const_data_ptr<float>(), t.const_data_ptr<float>() + t.numel());
    };
    convolutions_.push_back({floats(padded), floats(bias), taps, panels});
  }
}

Direct DenseSweep::direct(int64_t index, const Tile& tile) const {
  const Convolution& convolution = convolutions_[static_cast<size_t>(index)];
  return {.input_channels = inputs_,
          .feature_vectors = index * kPanels,
          .plane = tile.plane,
          .row = tile.columns * kLanes,
          .taps = convolution.taps,
          .weights = convolution.weights.data(),
          .bias = convolution.bias.data(),
          .panels = convolution.panels,
          .slope = index + 1 < kLayers ? static_cast<float>(DenseBlock::kSlope) : 1};
}

void DenseSweep::run(Tile& tile, float* made) const {
  for (int64_t k = 0; k + 1 < kLayers; ++k) {
    const Direct convolution = direct(k, tile);
    const Area a = tile.area(kLayers - 1 - k);
    const int64_t to = tile.input_vectors + k * kPanels;
    for (int64_t y = a.top; y < a.bottom; ++y)
      convolve_row(convolution, tile.at(0, y, a.left), a.right - a.left, tile.at(to, y, a.left), tile.plane, kLanes);
    for (int64_t p = 0; p < kPanels; ++p) tile.frame(to + p, a);
  }
  const Direct last = direct(kLayers - 1, tile);
  const Area a = tile.area(0);
  const int64_t pixels = a.right - a.left, padded = last.panels * kLanes;
  for (int64_t y = a.top; y < a.bottom; ++y, made += kSide * padded_outputs())
    if (last.taps == 9) {
      convolve_row(last, tile.at(0, y, a.left), pixels, made, kLanes, padded);
    } else {
      // A pixel's neighbours hold what is due to it of their columns.
      convolve_row(last, tile.at(0, y, a.left - 1), pixels + 2, tile.columns_made.data(), kLanes, padded);
      const float* from = tile.columns_made.data();
      for (int64_t x = 0; x < pixels; ++x, from += padded)
        for (int64_t o = 0; o < outputs_; ++o)
          made[x * padded_outputs() + o] = from[o] + from[padded + outputs_ + o] + from[2 * padded + 2 * outputs_ + o];
    }
}

void DenseSweep::run(const std::vector<const DenseSweep*>& blocks, const PixelView& input, const Row& row) {
  const int64_t across = (input.width + kSide - 1) / kSide, down = (input.height + kSide - 1) / kSide;
  at::parallel_for(0, across * down, 1, [&](int64_t begin, int64_t end) {
    Tile tile(input);
    std::vector<std::vector<float>> made;
    for (const DenseSweep* block : blocks)
      made.emplace_back(static_cast<size_t>((kSide * kSide + kMostAtOnce) * block->padded_outputs()));
    std::vector<const float*> rows(blocks.size());
    for (int64_t t = begin; t < end; ++t) {
      tile.move(input, t / across * kSide, t % across * kSide);
      for (size_t b = 0; b < blocks.size(); ++b) blocks[b]->run(tile, made[b].data());
      const Area a = tile.area(0);
      for (int64_t y = a.top; y < a.bottom; ++y) {
        for (size_t b = 0; b < blocks.size(); ++b)
          rows[b] = made[b].data() + (y - a.top) * kSide * blocks[b]->padded_outputs();
        row(y, a.left, a.right - a.left, rows);
      }
    }
  });
}

}  // namespace pentimento
