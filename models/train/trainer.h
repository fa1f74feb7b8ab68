// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "train/crops.h"
#include "train/descent.h"
#include "train/rescaling_loss.h"

namespace pentimento {

struct TrainingPlan : DescentPlan {
  int64_t batch = 16, crop = 144;
  LossWeights loss;
  double grey = 0;  // share of the crops that are made grey
  torch::ScalarType type = torch::kFloat;
  uint64_t seed = 0;
};

// As DescentReport.
struct TrainingReport {
  double loss = 0, restoration = 0, guidance = 0, distribution = 0, gradient_norm = 0, learning_rate = 0;
  int64_t skipped = 0;
};

// Trains a network on crops. What it does at a step depends on its state, seed and the step's number alone.
class Trainer {
 public:
  // `network` is what the average begins with, too. Both stay on `device`.
  Trainer(std::shared_ptr<Rescaling> network, const CropSource& crops, const TrainingPlan& plan,
          const torch::Device& device);

  void step(double progress);
  int64_t steps() const { return descent_.steps(); }
  // Of the steps since the last report. Waits for the device.
  TrainingReport report();
  // The exponential average of the weights: what is used in the end.
  const Rescaling& average() const { return *average_; }

  // What another trainer needs beside the average to go on from here, and the other way round.
  std::map<std::string, torch::Tensor> state() const { return descent_.state(); }
  bool restore(const std::map<std::string, torch::Tensor>& state) { return descent_.restore(state); }

 private:
  std::shared_ptr<Rescaling> network_, average_;
  const CropSource& crops_;
  TrainingPlan plan_;
  Descent descent_;
  torch::Tensor shrink_;  // bicubic, along one side of a crop
};

// The blocks of `from`, those that it has, into `to`; blocks that only `to` has stay as they are: untrained ones change
// nothing. Returns whether `to` then computes what `from` does, or what begins with it at a larger scale.
bool copy_blocks(const Rescaling& from, Rescaling& to);

}  // namespace pentimento
