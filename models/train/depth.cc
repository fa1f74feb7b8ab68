// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/depth.h"

#include <algorithm>
#include <cmath>

#include "imaging/wavelet.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kBands = 5, kComponents = 16;
constexpr double kEnough = 0.98;
constexpr double kTold = 0.01;  // bits a coefficient that count as something

// Samples x channels of N x C x H x W, in double precision.
Tensor rows(const Tensor& maps) { return maps.permute({0, 2, 3, 1}).reshape({-1, maps.size(1)}).to(torch::kDouble); }

// The strongest principal components of the channels, N x at most 16 x H x W.
Tensor components(const Tensor& features) {
  const Tensor x = rows(features), centred = x - x.mean(0, true);
  const Tensor directions = std::get<1>(torch::linalg_eigh(centred.t().mm(centred)));
  const int64_t n = std::min(kComponents, features.size(1));
  const Tensor kept = directions.slice(1, features.size(1) - n).to(torch::kFloat);
  return torch::einsum("nchw,ck->nkhw", {features, kept});
}

// Variance of each target that no linear map of the regressors explains; `samples` of them are independent.
Tensor residual_variance(const Tensor& regressors, const Tensor& targets, double samples) {
  const Tensor one = torch::ones({regressors.size(0), 1}, regressors.options());
  const Tensor x = torch::cat({regressors / regressors.std(0, false, true).clamp_min(1e-9), one}, 1);
  const Tensor gram = x.t().mm(x) + 1e-6 * static_cast<double>(x.size(0)) * torch::eye(x.size(1), x.options());
  const Tensor left = targets - x.mm(torch::linalg_solve(gram, x.t().mm(targets)));
  const double freedom = std::max(samples - static_cast<double>(x.size(1)), 1.0);
  return left.square().mean(0) * (samples / freedom);
}

}  // namespace

std::vector<double> marginal_information(const Restorer& network, const Tensor& degraded, const Tensor& clean) {
  const torch::NoGradGuard no_grad;
  const Tensor detail = network.detail(degraded);
  const int64_t height = detail.size(2), width = detail.size(3);
  std::vector<Tensor> bands;
  for (const Tensor& band : wavelet_bands(clean - degraded, kBands)) bands.push_back(torch::avg_pool2d(band, 2));
  const Tensor targets = rows(torch::cat(bands, 1));

  Tensor regressors = rows(components(detail));
  const auto samples = static_cast<double>(regressors.size(0));
  Tensor before = residual_variance(regressors, targets, samples).clamp_min(1e-12);
  std::vector<double> marginal;
  for (const Tensor& level : network.abstraction(detail).levels) {
    const Tensor few = components(level);
    regressors = torch::cat({regressors, rows(torch::upsample_bilinear2d(few, {height, width}, false))}, 1);
    // Neighbouring samples share a feature of this level: no more of them are independent than it has.
    const auto independent = static_cast<double>(few.size(0) * few.size(2) * few.size(3));
    const Tensor after = residual_variance(regressors, targets, std::max(independent, 4.0 * kComponents));
    marginal.push_back(std::max(0.0, (before / after.clamp_min(1e-12)).log2().mul(0.5).sum().item<double>()));
    before = torch::minimum(before, after.clamp_min(1e-12));
  }
  return marginal;
}

int64_t sufficient_depth(const std::vector<double>& marginal) {
  double all = 0, sum = 0;
  for (const double delta : marginal) all += delta;
  if (all < kTold) return 0;
  for (size_t d = 0; d < marginal.size(); ++d)
    if ((sum += marginal[d]) >= kEnough * all) return static_cast<int64_t>(d) + 1;
  return static_cast<int64_t>(marginal.size());
}

}  // namespace pentimento
