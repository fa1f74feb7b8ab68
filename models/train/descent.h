// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fit/adam.h"

namespace pentimento {

enum class LearningSchedule { kCosine, kStep };

struct DescentPlan {
  double learning_rate = 2e-4;
  LearningSchedule schedule = LearningSchedule::kCosine;
  int64_t warm_up = 0;  // steps in which the learning rate rises from nothing
  double clip = 1;      // the gradient's largest norm
  double weight_decay = 0;
  double ema = 0.999;  // how much of the averaged weights each step keeps
};

// The learning rate's share at a step, `progress` of 0..1 into the training: down a half cosine to nothing, or halved
// at each fifth as in IRN's paper.
double learning_rate_share(const DescentPlan& plan, int64_t step, double progress);

// Means over the steps that were taken: those whose gradient was not finite, or out of all proportion to those before,
// are left out.
struct DescentReport {
  std::vector<double> means;  // of the values that the steps were given
  double gradient_norm = 0, learning_rate = 0;
  int64_t skipped = 0;
};

// How a training goes down: clipped gradient, Adam, the exponential average of the weights.
class Descent {
 public:
  using Named = std::vector<std::pair<std::string, torch::Tensor>>;

  // `average`: what the parameters' average goes into, those of `parameters` that come first, in this order. All on
  // one device.
  Descent(Named parameters, std::vector<torch::Tensor> average, const DescentPlan& plan);

  // One step with the gradients that the parameters have. `values`, scalars, as many each time, are what to report.
  void step(double progress, const std::vector<torch::Tensor>& values);
  int64_t steps() const { return step_; }
  // Of the steps since the last report. Waits for the device.
  DescentReport report();

  // All but the average that another descent needs to go on from here, by name, and the other way round; false where
  // it belongs to other parameters.
  std::map<std::string, torch::Tensor> state() const;
  bool restore(const std::map<std::string, torch::Tensor>& state);

 private:
  std::map<std::string, torch::Tensor> named_state() const;

  Named named_;
  std::vector<torch::Tensor> parameters_, average_;
  DescentPlan plan_;
  Adam adam_;
  torch::Tensor sums_;   // of the values, the norm, and how many steps were taken; undefined before the first
  torch::Tensor usual_;  // norm of the gradient, averaged over some fifty steps
  int64_t step_ = 0, reported_ = 0;
  double last_rate_ = 0;
};

// The module's parameters by name, convolutions of channels-last features laid out so, on `device`.
Descent::Named prepared(torch::nn::Module& module, const torch::Device& device);
// The same without names.
std::vector<torch::Tensor> average_parameters(torch::nn::Module& module, const torch::Device& device);

}  // namespace pentimento
