// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "imaging/jpeg_planes.h"
#include "imaging/jpeg_traces.h"

namespace pentimento {

// What a decoded JPEG allows the original to have been: every DCT coefficient lies within half a step of the one that
// was stored (the quantisation constraint set of Zakhor, IEEE CSVT 1992). Pictures are 1 x C x H x W in 0..1; their
// sides are multiples of 16 and a unit of the file begins at their first pixel. Where blocks were edited since, so that
// they fit no steps, their coefficients stand as they are.
class QuantisedPicture {
 public:
  struct Plane {
    Sampling sampling;
    torch::Tensor table;         // 8 x 8 steps, on the picture's scale
    torch::Tensor coefficients;  // rows x columns of blocks x 8 x 8
  };

  QuantisedPicture(const torch::Tensor& decoded, const JpegTraces& traces);

  // Of a part whose place and sides are multiples of 16.
  QuantisedPicture part(int64_t top, int64_t left, int64_t height, int64_t width) const;

  QuantisedPicture to(torch::Device device) const;

  // The nearest picture whose coefficients lie within `width` steps of the stored ones (1/2: the constraint itself;
  // less is nearer to where most of them lie). Chroma that tells nothing stays.
  torch::Tensor project(const torch::Tensor& picture, double width) const;

  // Mean square by which the coefficients lie outside, a sample; differentiable. Chroma that tells nothing is held to
  // the decoded picture's.
  torch::Tensor distance(const torch::Tensor& picture, double width) const;

  const torch::Tensor& decoded() const { return decoded_; }
  const std::vector<Plane>& planes() const { return planes_; }  // Y', and Cb and Cr where they tell something

 private:
  QuantisedPicture() = default;
  torch::Tensor decoded_;
  std::vector<Plane> planes_;
};

}  // namespace pentimento
