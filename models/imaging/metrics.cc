// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/metrics.h"

#include <cmath>

namespace pentimento {

using torch::Tensor;

namespace {

Tensor luma_inside(const Tensor& picture, int64_t border) {
  const Tensor weights = torch::tensor({0.299, 0.587, 0.114}).to(picture.options()).view({1, 3, 1, 1});
  const Tensor luma = ((picture.clamp(0, 1) * weights).sum(1, true) * 219 + 16) / 255;
  return luma.slice(2, border, luma.size(2) - border).slice(3, border, luma.size(3) - border);
}

}  // namespace

double psnr(const Tensor& picture, const Tensor& reference) {
  return -10 * std::log10(torch::mse_loss(picture.clamp(0, 1), reference).item<double>());
}

double psnr_y(const Tensor& picture, const Tensor& reference, int64_t border) {
  return psnr(luma_inside(picture, border), luma_inside(reference, border));
}

double ssim_y(const Tensor& picture, const Tensor& reference, int64_t border) {
  // Variances are small differences of large numbers.
  const Tensor a = luma_inside(picture, border).to(torch::kDouble);
  const Tensor b = luma_inside(reference, border).to(torch::kDouble);
  Tensor window = torch::exp(torch::arange(-5, 6, a.options()).square() / (-2 * 1.5 * 1.5));
  window /= window.sum();
  const auto mean = [&](const Tensor& t) {
    return torch::conv2d(torch::conv2d(t, window.view({1, 1, 11, 1})), window.view({1, 1, 1, 11}));
  };
  constexpr double c1 = 0.01 * 0.01, c2 = 0.03 * 0.03;
  const Tensor mean_a = mean(a), mean_b = mean(b);
  const Tensor variances = mean(a.square()) - mean_a.square() + mean(b.square()) - mean_b.square();
  const Tensor covariance = mean(a * b) - mean_a * mean_b;
  return ((2 * mean_a * mean_b + c1) * (2 * covariance + c2) /
          ((mean_a.square() + mean_b.square() + c1) * (variances + c2)))
      .mean()
      .item<double>();
}

}  // namespace pentimento
