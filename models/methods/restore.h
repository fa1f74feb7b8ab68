// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include "methods/method.h"

namespace pentimento {

// Takes rain, haze or shadows off one picture by a trained network (nets/restorer.h): the result has its size, and is
// picture + strength * (restored - picture), what lies outside 0..1 carried around the network. A grey picture stays
// grey. A network for whole scenes (RestorerShape::side) restores a small picture, and its change is carried up.
// Options: task (rain, haze, shadow), strength (0..1), weights (the path of a safetensors file for that task), device
// and threads.
torch::Tensor restore(Task& task);

}  // namespace pentimento
