// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/metrics.h"

#include <cmath>

namespace pentimento {

double psnr(const torch::Tensor& picture, const torch::Tensor& reference) {
  return -10 * std::log10(torch::mse_loss(picture.clamp(0, 1), reference).item<double>());
}

}  // namespace pentimento
