// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "methods/method.h"

namespace pentimento {

// Removes what JPEG compression added: input 0 is the decoded picture, R'G'B' (or grey); the result has its size. The
// quantisation is found from the pixels (imaging/jpeg_traces.h), or guessed where they were edited since; every
// estimate is held to what it allows, and a prior network (Ulyanov et al. 2018, section 3.1, guided by a classical
// estimate) chooses within it. A picture without traces of JPEG comes back as it is, and `notice` says so. Options:
// those of every fitted method.
torch::Tensor remove_jpeg_artifacts(Task& task);

}  // namespace pentimento
