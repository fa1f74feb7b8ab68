// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/dct_shrinkage.h"

#include <cmath>
#include <numbers>

#include "imaging/noise.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kBlock = 8;
constexpr double kThreshold = 2.7;  // in standard deviations of the noise; 2.7 was better than 3 on the evaluation set

// Rows: the orthonormal DCT-II of length n.
Tensor dct_matrix(int64_t n, const torch::TensorOptions& options) {
  const double size = static_cast<double>(n);
  const Tensor k = torch::arange(n, torch::kDouble).view({n, 1}), x = torch::arange(n, torch::kDouble).view({1, n});
  Tensor m = torch::cos(std::numbers::pi / size * (x + 0.5) * k) * std::sqrt(2 / size);
  m[0] *= std::sqrt(0.5);
  return m.to(options);
}

// The DCT across the channels is a fixed approximation of their principal components. Its own inverse is its transpose.
Tensor decorrelate(const Tensor& picture) {
  return torch::einsum("dc,nchw->ndhw", {dct_matrix(picture.size(1), picture.options()), picture});
}

Tensor correlate(const Tensor& planes) {
  return torch::einsum("dc,ndhw->nchw", {dct_matrix(planes.size(1), planes.options()), planes});
}

// Puts blocks (N x 64 x h x w) back where they came from and averages them by their weights (N x 1 x h x w).
Tensor aggregate(const Tensor& coefficients, const Tensor& weights, const Tensor& filters) {
  const Tensor ones = torch::ones({1, 1, kBlock, kBlock}, filters.options());
  return torch::conv_transpose2d(coefficients * weights, filters) / torch::conv_transpose2d(weights, ones);
}

}  // namespace

DctShrinkage::DctShrinkage(const Tensor& picture) : sigma_(estimate_noise(decorrelate(picture)).view({-1, 1, 1, 1})) {}

Tensor DctShrinkage::operator()(const Tensor& part) const {
  const int64_t h = part.size(2), w = part.size(3);
  const int64_t pad = kBlock - 1;  // so that every pixel lies in 64 blocks
  const Tensor planes = torch::replication_pad2d(decorrelate(part).transpose(0, 1), {pad, pad, pad, pad});
  const Tensor m = dct_matrix(kBlock, part.options());
  const Tensor filters = torch::einsum("iy,jx->ijyx", {m, m}).reshape({kBlock * kBlock, 1, kBlock, kBlock});

  const Tensor noisy = torch::conv2d(planes, filters);
  Tensor kept = (noisy.abs() > kThreshold * sigma_).to(noisy.dtype());
  kept.slice(1, 0, 1).fill_(1);  // the mean is never noise
  const Tensor first = aggregate(noisy * kept, 1 / kept.sum(1, true), filters);

  // Without noise the gain must be 1, also where there is no power.
  const Tensor power = torch::conv2d(first, filters).square() + 1e-12;
  const Tensor gain = power / (power + sigma_.square());
  const Tensor second = aggregate(noisy * gain, 1 / (gain.square().sum(1, true) + 1e-6), filters);
  return correlate(second.slice(2, pad, pad + h).slice(3, pad, pad + w).transpose(0, 1));
}

}  // namespace pentimento
