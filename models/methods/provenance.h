// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "methods/method.h"

namespace pentimento {

// Tells of a result where it comes from: from the picture that it was made of, or from nowhere. Inputs: the result; the
// original, of the same size or smaller by a whole factor of 2 to 8, rounded up. Options: made-by (anything, or the
// method that made it: one of ours whose name it is, or restore-rain, restore-haze, restore-shadow), seeds (0: not
// measured, or 2..8 runs of that method), weights (the network's file, for restore-*), device, threads.
// Output: the shares retained, extracted, invented of every pixel, three channels, sum 1. Figures (bands from the
// finest): bands.N.{bits, retained, extracted, invented, redundancy} and, where they can be measured,
// bands.N.{null_energy, seed_std, paths.retained, paths.extracted, paths.invented}; retained, extracted, invented,
// redundancy (weighted by the bands' bits, the last one a mean), null_energy, consistency, seed_std. bit_budget.h,
// path_shares.h, null_space.h and spread.h say what they are.
torch::Tensor provenance(Task& task);

}  // namespace pentimento
