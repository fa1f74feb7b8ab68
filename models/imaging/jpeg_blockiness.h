// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <optional>

#include "imaging/jpeg_traces.h"

namespace pentimento {

// Where a JPEG was edited after it was decoded, its coefficients tell no steps any more, but its blocks may still show:
// steps of luma between neighbouring pixels are larger on a grid of 8 than beside it (as in Wang, Bovik, Evans, "Blind
// measurement of blocking artifacts in images", ICIP 2000). Takes 1 x C x H x W in 0..1. The table is the standard one
// that would leave about as large steps; the chroma's stays undefined. Nothing where no blocks are seen.
std::optional<JpegTraces> find_blocks(const torch::Tensor& picture);

}  // namespace pentimento
