// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include "nets/restorer.h"

namespace pentimento {

// The abstract features by which `network` restores `picture`, 1 x 3 x H x W: the principal components, of variance 1,
// of its deepest features and of what its abstract branch hands on, M x h x w, M <= 16, over the same picture. Of a
// picture of more than a megapixel they are those of a smaller version. Undefined where there is no abstract branch.
torch::Tensor abstract_features(const Restorer& network, const torch::Tensor& picture);

}  // namespace pentimento
