// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "methods/method.h"

namespace pentimento {

// Inpainting (Ulyanov et al. 2018, section 3.3): input 0 is the picture, R'G'B'; input 1, where given, its mask, one
// channel of the same size, 1: hole, in between: how much of what fills it is seen. The result has every sample of
// mask 0 bit for bit, whatever the options. Samples that are not numbers are holes too.
// Options: kind (auto, text-and-scratches, region, random-pixels), grow (pixels by which the mask is extended), feather
// (pixels of a ramp around it), find-damage (1: dust and scratches are found and become holes), sensitivity (0..1, of
// finding), output (picture, or mask: what would be filled, as a grey picture), and those of FitSettings.
torch::Tensor inpaint(Task& task);

}  // namespace pentimento
