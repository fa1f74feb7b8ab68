// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <functional>
#include <string>
#include <vector>

#include "methods/method.h"

namespace pentimento {

// What Double-DIP (Gandelsman, Shocher, Irani, CVPR 2019, equation 1) makes of a picture, I = m y1 + (1 - m) y2, or one
// part of it. All parts have the picture's height and width, R'G'B' or grey (a mask) in 0..1, on the CPU.
struct Part {
  std::string name;  // a value of the option "output"
  torch::Tensor picture;
};
using Parts = std::vector<Part>;

// What the methods report while they fit: the parts beside each other in their order, 1 x 3 x H x (parts * W).
torch::Tensor side_by_side(const Parts& parts);

// The part that `output` names, 1 x 3 x H x W, of what `decompose` returns or, where the same pictures were decomposed
// last with the same settings and `own` ones, returned then: the parts of one picture cost one fit, and have the notice
// that `decompose` left in the task. A fit that the user stopped gives each part once, then it is done anew.
torch::Tensor part_of(Task& task, const FitSettings& settings, const std::vector<torch::Tensor>& pictures,
                      const std::string& own, const std::string& output, const std::function<Parts()>& decompose);

// A sequence comes as one picture, its frames one below the other: 1 x C x nH x W -> n x C x H x W and back.
// Throws Error if the height is no multiple of `frames`.
torch::Tensor as_frames(const torch::Tensor& strip, int64_t frames);
torch::Tensor as_strip(const torch::Tensor& frames);

}  // namespace pentimento
