// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "nets/restorer.h"
#include "train/balance.h"
#include "train/crops.h"
#include "train/degradations.h"
#include "train/descent.h"
#include "train/restorer_loss.h"

namespace pentimento {

struct RestorerPlan : DescentPlan {
  std::string task = "rain";
  int64_t batch = 4, crop = 128;
  double clean = 0.2;   // share of the crops that stay clean: such pictures must not change
  bool balance = true;  // balanced_losses(), weighed by GradNorm; else plain_loss() of the result
  torch::ScalarType type = torch::kFloat;
  uint64_t seed = 0;
};

// As DescentReport, and how the paths learn: the root mean square of the gradient of the deepest level over that of
// the entry, each relative to its weights (below 1e-2 for long: vanishing), and Balance::imbalance().
struct RestorerReport {
  double loss = 0, deep_gradient = 0, imbalance = 0, gradient_norm = 0, learning_rate = 0;
  int64_t skipped = 0;
};

// Trains a restorer on crops that it degrades. What it does at a step depends on its state, seed and the step's number.
class RestorerTrainer {
 public:
  // `network` is what the average begins with, too. Both stay on `device`.
  RestorerTrainer(std::shared_ptr<Restorer> network, const CropSource& crops, const RestorerPlan& plan,
                  const torch::Device& device);

  void step(double progress);
  int64_t steps() const { return descent_.steps(); }
  RestorerReport report();
  const Restorer& average() const { return *average_; }

  // What another trainer needs beside the average to go on from here, and the other way round.
  std::map<std::string, torch::Tensor> state() const;
  bool restore(std::map<std::string, torch::Tensor> state);

 private:
  torch::Tensor loss_of(const torch::Tensor& degraded, const torch::Tensor& clean, double progress);
  torch::Tensor deep_gradient() const;

  std::shared_ptr<Restorer> network_, average_;
  std::shared_ptr<RestorerHeads> heads_;  // with balance alone
  const CropSource& crops_;
  RestorerPlan plan_;
  Degradation degrade_;
  Balance balance_;
  Descent descent_;
};

}  // namespace pentimento
