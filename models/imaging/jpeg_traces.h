// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <optional>

#include "imaging/jpeg_planes.h"

namespace pentimento {

// What decoded pixels still tell of the JPEG file they came from. Tables: 8 x 8 steps on samples of 0..255.
struct JpegTraces {
  int64_t top = 0, left = 0;  // pixels above and left of the first whole unit (8 x 8 pixels times the sampling)
  int64_t quality = 0;        // of the Independent JPEG Group's tables, the nearest
  torch::Tensor luma_table;
  torch::Tensor chroma_table;  // undefined where the chroma tells nothing
  Sampling chroma;
};

// Looks for them in 1 x C x H x W, C = 1 or 3, in 0..1: the DCT coefficients of a picture that was not edited since
// cluster at the multiples of their quantisation steps (Fan and de Queiroz, "Identification of bitmap compression
// history", IEEE TIP 2003), on one of 64 possible grids. Nothing where fewer than some sixteen coefficients agree.
std::optional<JpegTraces> find_jpeg(const torch::Tensor& picture);

}  // namespace pentimento
