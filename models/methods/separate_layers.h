// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "methods/method.h"

namespace pentimento {

// Two transparent layers told apart (Gandelsman et al. 2019, section 4): input 0 is a picture I = m y1 + (1 - m) y2,
// input 1, if there is one, another of the same layers in another mixture, aligned with it and of its size. Options:
// output (layer-1, layer-2, mask), swap (0: layer 1 is the sharper one, 1: layer 2 is), quality (fast, and balanced
// with two inputs: without a fit), iterations (0: as many as the quality means), seed, device, threads. The mask is one
// number for all of the picture, a multiple of 1/255, and the layers blend to the picture within what rounding them to
// 8 bits costs.
torch::Tensor separate_layers(Task& task);

}  // namespace pentimento
