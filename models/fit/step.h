// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "fit/adam.h"
#include "fit/average.h"
#include "fit/early_stopping.h"
#include "fit/guard.h"
#include "fit/input_noise.h"
#include "fit/problem.h"

namespace pentimento {

// What a fit has come to.
struct Status {
  int64_t iterations = 0;  // done
  int64_t accepted = 0;    // of them; the others were taken back
  double loss = 0;         // of the last one
  bool stopped = false;    // early stopping said so
};

// One iteration of the fit as the device sees it: input noise, forward, loss, backtracking, backward, Adam, average,
// early stopping. Nothing in it waits for the device: every decision is taken there, and once stopped, an iteration has
// no effect. So it may be queued many times ahead, and recorded and replayed.
class Step {
 public:
  // Holds on to both.
  Step(const Problem& problem, const Recipe& recipe);

  // Queues one iteration, the `number`th.
  void run(int64_t number);

  // The numbers of a Status on the device, to be copied.
  const torch::Tensor& numbers() const { return numbers_; }
  static Status status(const torch::Tensor& numbers_on_host);
  // The averaged estimate on the device; worth nothing before one was accepted.
  const torch::Tensor& average() const { return average_.value(); }
  const at::Generator& generator() const { return noise_.generator(); }

 private:
  std::vector<torch::Tensor> forward();
  torch::Tensor entry(const torch::Tensor& rows) const;

  const Problem& problem_;
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> inputs_;  // the priors', N x H x W x C
  bool in_bfloat16_;
  InputNoise noise_;
  Guard guard_;
  Adam adam_;
  Average average_;
  std::optional<EarlyStopping> stopping_;
  torch::Tensor numbers_, turn_, active_;
};

}  // namespace pentimento
