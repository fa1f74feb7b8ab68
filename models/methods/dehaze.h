// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "methods/method.h"

namespace pentimento {

// Dehazing after Double-DIP (Gandelsman, Shocher, Irani, CVPR 2019, section 5): I = t J + (1 - t) A. Input 0 is the
// hazy picture, R'G'B', or a sequence, its frames one below the other; the result has its size. Options: strength
// (0..1, of the change that is made), keep-some-haze (0..1: 1 - t becomes that much less, He et al. 2009, equation 12),
// find-airlight (0: the airlight is airlight-red, -green, -blue, 0..1), frames, output (picture: J; transmission: t;
// airlight: A), quality, iterations (0: stop by itself), seed, device, threads.
torch::Tensor dehaze(Task& task);

}  // namespace pentimento
