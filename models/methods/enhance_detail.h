// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "methods/method.h"

namespace pentimento {

// Deep Image Prior detail enhancement (Ulyanov et al. 2018, section 3.1, "image enhancement"): input 0 is the picture,
// R'G'B' (or grey); the result, of the same size, is the picture plus `amount` times what an early-stopped fit leaves
// out of it. Noise is not counted as detail, strong edges get no halo, means over wide areas stay. Options: amount
// (0..5, 1), and those of every fitted method.
torch::Tensor enhance_detail(Task& task);

}  // namespace pentimento
