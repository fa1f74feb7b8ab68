// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "methods/method.h"

namespace pentimento {

// Watermark removal (Gandelsman et al. 2019, section 6): input 0 is I = m W + (1 - m) C, a clean picture C under a half
// transparent mark W; input 1, grey, of its size, 0..1, tells roughly where. Options: output (picture, watermark, mask:
// the opacity m), frames (input 0 is so many pictures with the same mark, one below the other; three or more need no
// hint), quality (fast: without a fit; else one has a say where tones lie so thick that nothing is read through them),
// iterations (0: as many as the quality means), seed, device, threads. Samples without a mark come back bit by bit; the
// mask is in multiples of 1/255, and the parts blend to the picture within what rounding them to 8 bits costs.
torch::Tensor remove_watermark(Task& task);

}  // namespace pentimento
