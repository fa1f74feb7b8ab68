// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// How likely colours are: a mixture of normal distributions of full covariance, one for each of the clusters that
// k-means finds, and of a uniform one for colours never seen (after Rother, Kolmogorov, Blake, "GrabCut", 2004).
class ColorMixture {
 public:
  // `colors` M x D with M >= 1; of very many a part, evenly spread, is looked at. Needs no random numbers.
  ColorMixture(const torch::Tensor& colors, int64_t components);

  // Logarithms of the density, M x D -> M.
  torch::Tensor log_likelihood(const torch::Tensor& colors) const;

 private:
  torch::Tensor mean_;    // K x D
  torch::Tensor whiten_;  // K x D x D: (color - mean) * whiten has covariance 1
  torch::Tensor scale_;   // K: logarithm of a component's weight and of its density's height
};

}  // namespace pentimento
