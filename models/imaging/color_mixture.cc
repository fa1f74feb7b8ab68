// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/color_mixture.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kMostSamples = 6000;
constexpr int64_t kRounds = 8;           // of k-means
constexpr double kLeastVariance = 1e-4;  // a narrower component would be sure of what it has seen once
constexpr double kUnseen = 0.02;         // share of the uniform distribution, whose density is 1

Tensor nearest(const Tensor& colors, const Tensor& centres) { return torch::cdist(colors, centres).argmin(1); }

// Starts with the colour farthest from the mean, then again and again with the one farthest from all chosen.
Tensor centres_of(const Tensor& colors, int64_t count) {
  Tensor centres = colors.mean(0, true);
  for (int64_t k = 0; k < count; ++k) {
    const Tensor distance = std::get<0>(torch::cdist(colors, centres).min(1));
    const Tensor farthest = colors[distance.argmax().item<int64_t>()].unsqueeze(0);
    centres = k == 0 ? farthest : torch::cat({centres, farthest});
  }
  for (int64_t round = 0; round < kRounds; ++round) {
    const Tensor member = torch::one_hot(nearest(colors, centres), count).to(torch::kFloat);
    const Tensor size = member.sum(0).unsqueeze(1);
    centres = torch::where(size > 0, member.t().matmul(colors) / size.clamp_min(1), centres);
  }
  return centres;
}

}  // namespace

ColorMixture::ColorMixture(const Tensor& all, int64_t components) {
  const int64_t stride = (all.size(0) + kMostSamples - 1) / kMostSamples;
  const Tensor colors = all.slice(0, 0, all.size(0), stride).contiguous();
  const int64_t dimensions = colors.size(1), count = std::min(components, colors.size(0));
  mean_ = centres_of(colors, count);
  const Tensor label = nearest(colors, mean_);
  std::vector<Tensor> whiten, scale;
  for (int64_t k = 0; k < count; ++k) {
    const Tensor own = colors.index({label == k}) - mean_[k];
    const auto n = static_cast<double>(own.size(0));
    const Tensor covariance = own.t().matmul(own) / std::max(n, 1.0) + kLeastVariance * torch::eye(dimensions);
    const Tensor root = torch::linalg_cholesky(covariance);
    whiten.push_back(torch::linalg_inv(root).t());
    const double height = -0.5 * static_cast<double>(dimensions) * std::log(2 * std::numbers::pi);
    scale.push_back(std::log((1 - kUnseen) * (n + 1e-6) / static_cast<double>(colors.size(0))) + height -
                    root.diagonal().log().sum());
  }
  whiten_ = torch::stack(whiten);
  scale_ = torch::stack(scale);
}

Tensor ColorMixture::log_likelihood(const Tensor& colors) const {
  Tensor sum = torch::full({colors.size(0)}, std::log(kUnseen));
  for (int64_t k = 0; k < mean_.size(0); ++k)
    sum = torch::logaddexp(sum, scale_[k] - 0.5 * (colors - mean_[k]).matmul(whiten_[k]).square().sum(1));
  return sum;
}

}  // namespace pentimento
