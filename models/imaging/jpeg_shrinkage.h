// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include "imaging/jpeg_quantised.h"

namespace pentimento {

// A classical estimate of the original of a decoded JPEG: overlapping blocks are shrunk by what quantisation noise each
// of their coefficients holds, then the chroma is smoothed along the luma's edges (He et al., "Guided image filtering",
// ECCV 2010), then all is projected onto what the file allows.
torch::Tensor shrink_jpeg(const QuantisedPicture& picture);

// Mean square of the quantisation error that the coefficients of a plane hold, 8 x 8, were they drawn from a Laplacian
// (Lam and Goodman, IEEE TIP 2000) whose scale each frequency tells by itself.
torch::Tensor quantisation_noise(const QuantisedPicture::Plane& plane);

}  // namespace pentimento
