// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace pentimento {

struct EarlyStoppingOptions {
  int64_t window = 100;      // estimates over which the variance is taken
  int64_t patience = 300;    // iterations without a new minimum before stopping
  int64_t not_before = 400;  // no minimum counts earlier: the variance also dips while the fit begins
  int64_t samples = 65536;   // pixels looked at; the whole picture where it has no more
};

// ES-WMV (Wang et al., "Early Stopping for Deep Image Prior", TMLR 2023): the variance over a moving window of
// estimates falls while the prior fits the picture and rises once it fits the noise; its minimum is the place to stop.
// Running sums make an update cost two picture additions, whatever the window. All of it stays on the estimates'
// device; reading a number waits for that.
class EarlyStopping {
 public:
  explicit EarlyStopping(const EarlyStoppingOptions& options);

  // Takes the next estimate (any shape, the same each time). `taken` (a bool scalar on its device, if given): whether
  // it counts at all.
  void update(const torch::Tensor& estimate, const torch::Tensor& taken = {});
  // Whether the minimum is older than the patience: a bool scalar on the device. Undefined before the first update.
  const torch::Tensor& stopped() const { return stopped_; }

  bool stop() const { return stopped_.defined() && stopped_.item<bool>(); }
  // Mean over samples and channels of the newest window's variance; NaN until the window is full.
  double variance() const { return variance_.item<double>(); }
  int64_t best_iteration() const { return best_iteration_.item<int64_t>(); }

 private:
  void start(const torch::Tensor& samples);

  EarlyStoppingOptions options_;
  torch::Tensor index_;  // which samples
  torch::Tensor ring_;   // window x samples
  torch::Tensor sum_, sum_of_squares_;
  torch::Tensor count_, best_iteration_, variance_, best_, stopped_;  // scalars
};

}  // namespace pentimento
