// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// How much every part of a picture stands out, 0..1: its colours' contrast with what is background, near parts counting
// more (Cheng et al., "Global contrast based salient region detection", CVPR 2011), and background what hangs together
// with the picture's rim (Zhu et al., "Saliency optimization from robust background detection", CVPR 2014, equations 1
// to 7); the centre is preferred. 1 x C x H x W in 0..1 -> 1 x 1 x H x W.
torch::Tensor saliency(const torch::Tensor& picture);

// Every sample's rank among all, 0..1: histogram equalisation. Equal ones share theirs.
torch::Tensor equalised(const torch::Tensor& picture);

}  // namespace pentimento
