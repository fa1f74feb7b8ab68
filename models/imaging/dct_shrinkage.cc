// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/dct_shrinkage.h"

#include <vector>

#include "imaging/dct_blocks.h"
#include "imaging/noise.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr double kThreshold = 2.7;  // in standard deviations of the noise; 2.7 was better than 3 on the evaluation set

}  // namespace

Tensor decorrelate(const Tensor& picture) {
  return torch::einsum("dc,nchw->ndhw", {dct_matrix(picture.size(1)), picture});
}

Tensor correlate(const Tensor& planes) { return torch::einsum("dc,ndhw->nchw", {dct_matrix(planes.size(1)), planes}); }

DctShrinkage::DctShrinkage(const Tensor& picture)
    : sigma_(estimate_noise(decorrelate(picture), clipped_samples(picture))) {}

double DctShrinkage::variance() const { return sigma_.square().mean().item<double>(); }

Tensor DctShrinkage::operator()(const Tensor& part) const {
  const int64_t h = part.size(2), w = part.size(3);
  const int64_t pad = kDctBlock - 1;  // so that every pixel lies in 64 blocks
  // Mirrored: a row of equal noisy pixels would look like a line to keep.
  const Tensor planes = torch::reflection_pad2d(decorrelate(part), {pad, pad, pad, pad});
  std::vector<Tensor> restored;
  for (int64_t k = 0; k < planes.size(1); ++k) {
    const BlockNoise noise = BlockNoise::white(sigma_[k].item<double>());
    const Tensor first = shrink_blocks(planes[0][k], noise, kThreshold, {});
    restored.push_back(shrink_blocks(planes[0][k], noise, kThreshold, first));
  }
  return correlate(torch::stack(restored).unsqueeze(0).slice(2, pad, pad + h).slice(3, pad, pad + w));
}

}  // namespace pentimento
