// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "methods/method.h"

namespace pentimento {

// Flash and no-flash (Ulyanov et al. 2018, section 3.5): input 0 is the noisy picture in the light there was, input 1
// one of the same scene and size taken with flash, aligned with it; the result is input 0 without its noise, in its own
// light and colours. Options: quality (fast, balanced, best), iterations (0: stop by itself), seed, device, threads.
torch::Tensor flash_no_flash(Task& task);

}  // namespace pentimento
