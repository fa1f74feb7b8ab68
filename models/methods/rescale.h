// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include "methods/method.h"

namespace pentimento {

// Invertible rescaling (Xiao et al., "Invertible Image Rescaling", ECCV 2020). Both take one picture, and the options
// scale (2 or 4), weights (the path of a safetensors file for that scale), device and threads. On a CPU the same
// weights and the same picture give the same bits on every machine (nets/fused/coupling.h).

// H x W -> ceil(H / scale) x ceil(W / scale); every sample is a multiple of 1/255, but for what the picture has outside
// 0..1, which is shrunk by area means and added. Sides that are no multiple of the scale are extended by their edges.
// A grey picture stays grey.
torch::Tensor rescale_down(Task& task);

// The way back, with a latent of zeros; options also height and width of what to return: at most scale times what
// comes in (their default), and more than scale times one pixel less.
torch::Tensor rescale_up(Task& task);

}  // namespace pentimento
