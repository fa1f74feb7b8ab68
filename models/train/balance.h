// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace pentimento {

// GradNorm (Chen et al., "GradNorm: Gradient Normalization for Adaptive Loss Balancing", ICML 2018): the weights of
// several losses, so that each of them moves the layer that all share about as much; one that learns more slowly than
// the others, more.
class Balance {
 public:
  // `first`: the weights to begin with; they keep their sum.
  explicit Balance(std::vector<double> first) : weights_(torch::tensor(first)) {}

  // The weighted sum. Every tenth time the weights are renewed, by the gradients at `shared`, a parameter: the graph
  // behind `losses` stays.
  torch::Tensor sum(const std::vector<torch::Tensor>& losses, const torch::Tensor& shared);
  // The largest over the least of the weighted gradients at the shared layer, when they were last looked at; 1 before.
  const torch::Tensor& imbalance() const { return imbalance_; }

  const torch::Tensor& weights() const { return weights_; }
  // What another one needs to go on from here, and the other way round.
  std::map<std::string, torch::Tensor> state() const;
  bool restore(const std::map<std::string, torch::Tensor>& state);

 private:
  torch::Tensor weights_, first_losses_, imbalance_ = torch::ones({});
  int64_t round_ = 0;
};

}  // namespace pentimento
