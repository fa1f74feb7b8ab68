// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/restorer_loss.h"

#include "imaging/wavelet.h"
#include "nets/rescaling.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kBands = 3;
// Of R'G'B' in photographs, the finest band first, then the smooth rest.
constexpr double kDeviations[kBands + 1] = {0.024, 0.034, 0.045, 0.22};

}  // namespace

RestorerHeads::RestorerHeads(const Restorer& network)
    : differences_(register_module(
          "differences", torch::nn::Conv2d(torch::nn::Conv2dOptions(network.channels(0), 9, 3).padding(1)))) {}

Tensor RestorerHeads::differences(const Tensor& detail) const {
  return torch::conv2d(detail.to(torch::kFloat), differences_->weight, differences_->bias, 1, 1);
}

Tensor plain_loss(const Tensor& restored, const Tensor& clean, double squared) {
  const Tensor error = restored - clean;
  return error.abs().mean() + squared * error.square().mean();
}

Tensor band_weighted_loss(const Tensor& restored, const Tensor& clean, double squared) {
  const Tensor error = restored - clean;
  const std::vector<Tensor> bands = wavelet_bands(error, kBands);
  Tensor loss = squared * error.square().mean();
  for (size_t b = 0; b < bands.size(); ++b)
    loss = loss + std::sqrt(kDeviations[kBands] / kDeviations[b]) * bands[b].abs().mean();
  return loss;
}

std::vector<Tensor> balanced_losses(const Restorer& network, const RestorerHeads& heads, const Tensor& degraded,
                                    const Tensor& clean, double squared, torch::ScalarType type) {
  const Tensor detail = network.detail(degraded, type);
  const Restorer::Abstraction abstraction = network.abstraction(detail, type);
  std::vector<Tensor> losses = {
      band_weighted_loss(network.restored(degraded, detail, abstraction, type), clean, squared)};
  if (!abstraction.field.defined()) return losses;
  const auto low = [](const Tensor& picture) { return torch::avg_pool2d(picture, 4); };
  losses.push_back(plain_loss(low(degraded) * gain_of(abstraction.field), low(clean), squared));
  const Tensor wanted = haar(clean).slice(1, 3) - haar(degraded).slice(1, 3);
  losses.push_back(plain_loss(heads.differences(detail), wanted, squared));
  return losses;
}

}  // namespace pentimento
