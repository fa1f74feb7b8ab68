// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "fit/adam.h"
#include "train/crops.h"
#include "train/rescaling_loss.h"

namespace pentimento {

enum class LearningSchedule { kCosine, kStep };

struct TrainingPlan {
  int64_t batch = 16, crop = 144;
  double learning_rate = 2e-4;
  LearningSchedule schedule = LearningSchedule::kCosine;
  int64_t warm_up = 0;  // steps in which the learning rate rises from nothing
  LossWeights loss;
  double clip = 1;  // the gradient's largest norm
  double grey = 0;  // share of the crops that are made grey
  double weight_decay = 0;
  double ema = 0.999;  // how much of the averaged weights each step keeps
  torch::ScalarType type = torch::kFloat;
  uint64_t seed = 0;
};

// The learning rate's share at a step, `progress` of 0..1 into the training: down a half cosine to nothing, or halved
// at each fifth as in the paper.
double learning_rate_share(const TrainingPlan& plan, int64_t step, double progress);

// Means over the steps that were taken: those whose gradient was not finite, or out of all proportion to those before,
// are left out.
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
  int64_t steps() const { return step_; }
  // Of the steps since the last report. Waits for the device.
  TrainingReport report();
  // The exponential average of the weights: what is used in the end.
  const Rescaling& average() const { return *average_; }

  // All but the average that another trainer needs to go on from here, by name, and the other way round; false where
  // it belongs to another network.
  std::map<std::string, torch::Tensor> state() const;
  bool restore(const std::map<std::string, torch::Tensor>& state);

 private:
  std::map<std::string, torch::Tensor> named_state() const;

  std::shared_ptr<Rescaling> network_, average_;
  const CropSource& crops_;
  TrainingPlan plan_;
  torch::Device device_;
  Adam adam_;
  torch::Tensor shrink_;  // bicubic, along one side of a crop
  torch::Tensor sums_;    // of what is reported, and how many steps were taken
  torch::Tensor usual_;   // norm of the gradient, averaged over some fifty steps
  int64_t step_ = 0, reported_ = 0;
  double last_rate_ = 0;
};

// The blocks of `from`, those that it has, into `to`; blocks that only `to` has stay as they are: untrained ones change
// nothing. Returns whether `to` then computes what `from` does, or what begins with it at a larger scale.
bool copy_blocks(const Rescaling& from, Rescaling& to);

}  // namespace pentimento
