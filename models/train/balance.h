// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace pentimento {

// GradNorm (Chen et al., "GradNorm: Gradient Normalization for Adaptive Loss Balancing", ICML 2018), for one loss that
// matters and others that help: the first one's weight is 1, the others' are such that each moves the layer that all
// share by its share of what the first does; one that learns more slowly than the others, by more.
class Balance {
 public:
  // `shares`: of the gradients, 1 for the first loss; also the weights to begin with.
  explicit Balance(const std::vector<double>& shares)
      : shares_(torch::tensor(shares).to(torch::kFloat)), weights_(shares_) {}

  // The weighted sum. Every tenth time the weights are renewed, by the gradients at `shared`, a parameter: the graph
  // behind `losses` stays.
  torch::Tensor sum(const std::vector<torch::Tensor>& losses, const torch::Tensor& shared);
  // The largest over the least of the gradients at the shared layer without any weights, when they were last looked at.
  const torch::Tensor& imbalance() const { return imbalance_; }

  const torch::Tensor& weights() const { return weights_; }
  // What another one needs to go on from here, and the other way round.
  std::map<std::string, torch::Tensor> state() const;
  bool restore(const std::map<std::string, torch::Tensor>& state);

 private:
  torch::Tensor shares_, weights_, first_losses_, imbalance_ = torch::ones({});
  int64_t round_ = 0;
};

}  // namespace pentimento
