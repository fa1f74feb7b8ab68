// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace pentimento {

// A part of the original at one level of the transform: planes K x h x w, those of R'G'B' or grey first, then their
// squares, then their cubes.
struct OriginalPart {
  torch::Tensor low, smooth;  // before and after the level's smoothing: their difference is the band
  torch::Tensor band() const { return low - smooth; }
};

// A picture's planes with their squares and cubes, C x h x w -> 3C x h x w: every band of a tone curve's result is a
// weighted sum of the bands of these.
torch::Tensor with_powers(const torch::Tensor& picture);

// What a local copy explains of a band of the result: the constant, the 5 x 5 neighbourhood of the original's
// luminance, and, for colour mixing and tone curves, the other planes. -> P x h x w.
torch::Tensor local_copy(const OriginalPart& part);

// What a look at the original can tell that is neither local nor linear: coarser structure, shrinkage by local energy
// at several thresholds, gradients, a median, all of the luminance. -> 16 x h x w.
torch::Tensor looks(const OriginalPart& part);

// Features of the original on a grid of their own, M x h x w, that covers the picture of height x width.
class FeatureMap {
 public:
  FeatureMap(torch::Tensor planes, int64_t height, int64_t width);

  // Bilinear, at the picture's rows top, top + step, ... and columns likewise: M x rows x columns.
  torch::Tensor at(int64_t top, int64_t left, int64_t rows, int64_t columns, int64_t step) const;

  // Smoothed to what the next level of the transform can hold, where it holds more than one of `step` pixels can.
  FeatureMap coarser(int64_t step) const;

 private:
  FeatureMap() = default;
  torch::Tensor planes_;
  double pitch_y_ = 1, pitch_x_ = 1, first_y_ = 0, first_x_ = 0;  // in pixels of the picture
};

}  // namespace pentimento
