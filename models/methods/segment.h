// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "methods/method.h"

namespace pentimento {

// Foreground and background told apart (Gandelsman et al. 2019, section 3): input 0 is a picture, R'G'B',
// I = m F + (1 - m) B; input 1, if there is one, strokes of its size, grey: 1 on the foreground F, 0 on the background
// B, 0.5 where there is none. Without strokes what stands out is the foreground. Options: output (mask, foreground,
// background, which is completed behind the foreground), frames (both inputs are so many frames, one below the other;
// strokes on one serve all), quality (fast: without a fit), iterations (0: as many as the quality means), seed, device,
// threads. The parts blend to the picture within what rounding them to 8 bits costs.
torch::Tensor segment(Task& task);

}  // namespace pentimento
