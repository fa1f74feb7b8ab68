// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "train/pictures.h"

namespace pentimento {

// A square of a picture, seen in one of the square's eight symmetries: 1 mirrors rows, 2 columns, 4 then swaps them.
struct Crop {
  int64_t picture, top, left, symmetry;
};

// Pictures on a device, and crops of them made there.
class CropSource {
 public:
  // Throws std::runtime_error if a picture is smaller than crops of `side` pixels.
  CropSource(const std::vector<Picture>& pictures, int64_t side, const torch::Device& device);

  // Every picture as likely as another, whatever its size. Equal for equal seed and round.
  std::vector<Crop> draw(int64_t count, uint64_t seed, uint64_t round) const;
  // N x 3 x side x side in 8 bits.
  torch::Tensor cut(const std::vector<Crop>& crops) const;

 private:
  struct Shape {
    int64_t offset, height, width;
  };
  int64_t side_;
  std::vector<Shape> shapes_;
  torch::Tensor bytes_;  // of all pictures, one after the other
};

}  // namespace pentimento
