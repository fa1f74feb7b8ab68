// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include "imaging/mark_tone.h"

namespace pentimento {

// What of a picture a mark of one tone covers.
struct MarkCut {
  torch::Tensor coverage;  // 1 x 1 x H x W of 0 and 1
  double gain = 0;         // the steps across its rim that vanish with it, less those that are left, in samples
  double agreement = 0;    // the same as a share of the steps across the rim
};

// The coverage with the most gain: steps in `pictures` (n x C x H x W in 0..1) that vanish when the mark is taken off,
// where what is left of a step counts `strictness` (1 or more) times. The texture inside counts neither for it nor
// against it; no sample may come to lie outside 0..1, nor any coverage outside `hint` (1 x 1 x H x W of 0 and 1).
// Neighbouring labels' costs are submodular whatever the pictures, so that a minimum cut finds the best coverage of
// all. Pixels two apart are compared: an antialiased rim lies between them.
MarkCut cut_mark(const Tone& tone, const torch::Tensor& pictures, const torch::Tensor& hint, double strictness);

// The tone that explains best how the pictures change across the rim of `coverage`: marked = (1 - opacity) * clean +
// opacity * color for pixels close to it on both sides, by least absolute deviations, as texture disturbs both sides.
// The same tone where there are too few.
Tone refitted_tone(const Tone& tone, const torch::Tensor& pictures, const torch::Tensor& coverage);

}  // namespace pentimento
