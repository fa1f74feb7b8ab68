// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "nets/rescaling.h"

namespace pentimento {

// A way to shrink pictures and to enlarge them again: N x 3 x H x W in 0..1, sides multiples of the scale.
struct Rescaler {
  int64_t scale;
  std::function<torch::Tensor(const torch::Tensor&)> shrink, enlarge;
};
Rescaler rescaler(const Rescaling& network);  // which must outlive it
Rescaler bicubic_rescaler(int64_t scale);

struct Figures {
  double small_psnr = 0;       // the small picture against a bicubic one
  double ssim = 0;             // restored, as psnr_y below
  std::vector<double> psnr_y;  // restored, after one shrink and restore, after two ... of what was restored before
};

// As the papers measure: sides cut to multiples of the scale, small and large pictures rounded to 8 bits, a border of
// `scale` pixels left out. `picture` 3 x H x W in bytes, computed on `device`. Throws std::runtime_error where nothing
// is left.
Figures measure(const Rescaler& rescaler, const torch::Tensor& picture, int64_t cycles, const torch::Device& device);

}  // namespace pentimento
