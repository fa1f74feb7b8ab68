// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "nets/restorer.h"

namespace pentimento {

// What each level of abstraction tells of the clean pictures, in bits a coefficient: entry d - 1 is
//   Delta_d = sum over bands b of [ I(Y_b - X_b; Z_<=d) - I(Y_b - X_b; Z_<=d-1) ],
// the linear-Gaussian information in the features of the levels up to d (at most 16 principal components of each,
// enlarged bilinearly) about what is to be done to band b of five a-trous bands and the smooth rest. Z_0 are the detail
// path's features. Degraded and clean: N x 3 x H x W in 0..1, sides multiples of network.multiple().
std::vector<double> marginal_information(const Restorer& network, const torch::Tensor& degraded,
                                         const torch::Tensor& clean);

// The least depth whose levels hold 98 % of it; 0 where no level tells anything.
int64_t sufficient_depth(const std::vector<double>& marginal);

}  // namespace pentimento
