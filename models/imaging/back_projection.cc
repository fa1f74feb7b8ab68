// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/back_projection.h"

#include <cmath>
#include <vector>

#include "imaging/dct_blocks.h"
#include "imaging/dct_shrinkage.h"
#include "imaging/resample.h"

namespace pentimento {

using torch::Tensor;

namespace {

// Measured on Set5, x4 and x8: starting at 0.4 was better than at 0.2 and 0.1, ending at 0.02 better than at 0.005.
constexpr double kStrongest = 0.4, kWeakest = 0.02;
constexpr int64_t kRounds = 12;
constexpr double kThreshold = 2.7;

Tensor shrink(const Tensor& planes, double sigma) {
  const int64_t pad = kDctBlock - 1;
  const Tensor padded = torch::reflection_pad2d(planes, {pad, pad, pad, pad});
  std::vector<Tensor> shrunk;
  for (int64_t k = 0; k < planes.size(1); ++k)
    shrunk.push_back(shrink_blocks(padded[0][k], BlockNoise::white(sigma), kThreshold, {}));
  return torch::stack(shrunk).unsqueeze(0).slice(2, pad, pad + planes.size(2)).slice(3, pad, pad + planes.size(3));
}

}  // namespace

Tensor enlarge_bicubic(const Tensor& small, int64_t factor) {
  return torch::upsample_bicubic2d(small, {small.size(2) * factor, small.size(3) * factor}, /*align_corners=*/false);
}

Tensor back_project(Tensor estimate, const Tensor& small, int64_t factor, int64_t steps) {
  for (int64_t i = 0; i < steps; ++i) {
    const Tensor missing = small - lanczos_downsample(estimate, factor, 2);
    estimate = (estimate + enlarge_bicubic(missing, factor)).clamp_(0, 1);
  }
  return estimate;
}

Tensor enlarge_sparsely(const Tensor& small, int64_t factor, const std::function<bool()>& go_on) {
  Tensor estimate = back_project(enlarge_bicubic(small, factor), small, factor, 6);
  for (int64_t i = 0; i < kRounds && go_on(); ++i) {
    const double sigma = kStrongest * std::pow(kWeakest / kStrongest, static_cast<double>(i) / (kRounds - 1));
    estimate = correlate(shrink(decorrelate(estimate), sigma));
    estimate = back_project(estimate, small, factor, 3);
  }
  return estimate;
}

}  // namespace pentimento
