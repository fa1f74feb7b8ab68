// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// The quantisation tables of ITU-T T.81, annex K.1, scaled by the Independent JPEG Group's `quality`, 1..100, as nearly
// every encoder does: 8 x 8 steps, vertical frequency first, on samples of 0..255.
torch::Tensor jpeg_table(int64_t quality, bool chroma);

}  // namespace pentimento
