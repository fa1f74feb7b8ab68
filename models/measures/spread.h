// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <vector>

namespace pentimento {

// How much of a result another seed would have made differently: the standard deviation over seeds of the luminance's
// bands, root mean square over the coefficients, in 8-bit levels.
struct Spread {
  std::vector<double> bands;  // kMeasuredBands, the finest first
  double all = 0;             // of the luminance itself
};

// make(seed) -> 1 x C x H x W, asked for seeds 0, 1, ...; seeds >= 2. An undefined picture ends the row; where there
// are not two of them, there is no band.
Spread spread(int64_t seeds, const std::function<torch::Tensor(int64_t)>& make);

}  // namespace pentimento
