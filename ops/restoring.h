// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "codes.h"
#include "engine_run.h"
#include "enums.h"
#include "weights_file.h"

namespace pentimento {

// The file `chosen`, else the shipped one for the scale.
WeightsFile rescaling_weights(const char* chosen, int scale);

// Has the engine restore the picture of `width` x `height` that `small` was shrunk from. Of `job` all stands but
// method, options and weights; `hidden` says by its alpha which pixels nobody sees.
Outcome restore_small(const PentimentoEngine& engine, Restoration job, Pixels small, const Codes& hidden, int scale,
                      const WeightsFile& weights, PentimentoDevice device, int width, int height, const Babl* space);

}  // namespace pentimento
