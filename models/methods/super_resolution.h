// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "methods/method.h"

namespace pentimento {

// Deep Image Prior super-resolution (Ulyanov et al. 2018, section 3.2): input 0 is the small picture, R'G'B' (or grey)
// of any size; the result is `scale` times as wide and high, and lanczos_downsample(result, scale, 2) is the small
// picture again as far as 0..1 allows. Options: scale (2 to 8, default 2), and those of every fitted method.
torch::Tensor super_resolution(Task& task);

}  // namespace pentimento
