// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/rescaling_loss.h"

namespace pentimento {

using torch::Tensor;

RescalingLoss rescaling_loss(const Rescaling& network, const Tensor& pictures, const Tensor& small,
                             const LossWeights& weights, torch::ScalarType type, const Tensor& grey) {
  const auto [colored, latent] = network.shrink(pictures, type);
  const Tensor made = grey.defined() ? torch::where(grey, colored.mean(1, true), colored) : colored;
  const Tensor drawn = weights.normal_latent ? torch::randn_like(latent) : Tensor();
  const Tensor restored = network.enlarge(round_to_8_bits(made), drawn, type);
  const auto samples = static_cast<double>(pictures.numel()), scale = static_cast<double>(network.scale());

  RescalingLoss loss;
  loss.restoration = ((pictures - restored).square() + 1e-6).sqrt().mean();
  loss.guidance = (made - small).square().sum() / samples;
  loss.distribution = latent.square().sum() / samples;
  loss.total =
      loss.restoration + weights.guidance * scale * scale * loss.guidance + weights.distribution * loss.distribution;
  return loss;
}

}  // namespace pentimento
