// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "fit/early_stopping.h"
#include "nets/network.h"

namespace pentimento {

// A network and what it is fed: at every iteration it sees `input` plus fresh normal noise of `input_noise` standard
// deviation (the paper's noise regularisation; 0: none).
struct Prior {
  std::shared_ptr<Network> network;
  torch::Tensor input;  // N x C x H x W, on the network's device; iteration i sees entry i mod N
  double input_noise = 0;
};

// Which iteration of a fit it is, counted from 0.
struct Iteration {
  int64_t number = 0;       // worth nothing in a replay
  torch::Tensor on_device;  // the same, a long scalar where the fit computes
};

// All that a method states. The fit loop knows nothing else of it.
struct Problem {
  std::vector<Prior> priors;
  // The scalar to lower; outputs[i] is priors[i]'s, `iteration` is for scheduled weights.
  std::function<torch::Tensor(const std::vector<torch::Tensor>& outputs, const Iteration& iteration)> loss;
  // What of the outputs is averaged, watched for early stopping and handed back: N x C x H x W. Without gradients;
  // where it runs a network, that computes as it does for the loss.
  std::function<torch::Tensor(const std::vector<torch::Tensor>& outputs, const Iteration& iteration)> estimate;
  // Whether networks, loss and estimate do the same operations at every iteration: none uses iteration.number or
  // anything else that changes on the host, and none looks at a value on the device. A GPU then replays a recorded
  // iteration.
  bool replayable = false;

  // One prior, and `loss` on its output, which is the estimate. Replayable.
  static Problem single(Prior prior, std::function<torch::Tensor(const torch::Tensor& output)> loss);

  torch::Device device() const { return priors.front().input.device(); }
  int64_t pixels() const { return priors.front().input.size(2) * priors.front().input.size(3); }
};

struct Recipe {
  double learning_rate = 0.01;
  int64_t iterations = 3000;  // at most
  double averaging = 0.99;    // memory of the exponential average of the estimates (0: the newest one)
  uint64_t seed = 0;          // of the input noise
  std::optional<EarlyStoppingOptions> early_stopping;
};

}  // namespace pentimento
