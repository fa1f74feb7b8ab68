// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "methods/method.h"

namespace pentimento {

// Deep Image Prior denoising (Ulyanov et al. 2018, section 3.1): input 0 is the noisy picture, R'G'B' (or grey);
// the result is the denoised one of the same size. The noise is taken to be about the same everywhere; nothing need be
// known of its strength. Options: strength and color-strength (0..1, how much of the noise is taken away; of what is
// left fine grain comes first and coarse blotches last), quality (fast, balanced, best), iterations (0: stop by
// itself), seed, device, threads.
torch::Tensor denoise(Task& task);

}  // namespace pentimento
