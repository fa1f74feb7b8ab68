// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

namespace pentimento {

// A rectangle of a picture and how much its pixels weigh; over all tiles of a picture the weights of a pixel sum to 1.
struct Tile {
  int64_t top = 0, left = 0, height = 0, width = 0;
  torch::Tensor weight;  // 1 x 1 x height x width, linear ramps where tiles overlap

  // The tile's part of a 1 x C x H x W picture: a view.
  torch::Tensor of(const torch::Tensor& picture) const;
};

// Tiles of about equal size, none with more than `max_pixels` pixels, that overlap by about `overlap` pixels.
// One tile where the picture has no more pixels than that.
std::vector<Tile> plan_tiles(int64_t height, int64_t width, int64_t max_pixels, int64_t overlap);

// The picture while its tiles come in: `base` where none is done yet, the weighted tiles where they are.
class Canvas {
 public:
  explicit Canvas(const torch::Tensor& base) : base_(base), picture_(base.clone()) {}
  void put(const Tile& tile, const torch::Tensor& estimate);
  // The canvas as it would be with `estimate` put; the canvas itself stays.
  torch::Tensor with(const Tile& tile, const torch::Tensor& estimate) const;
  const torch::Tensor& base() const { return base_; }
  const torch::Tensor& picture() const { return picture_; }

 private:
  torch::Tensor base_, picture_;
};

}  // namespace pentimento
