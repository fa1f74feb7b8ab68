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
// Running sums make an update cost two picture additions, whatever the window.
class EarlyStopping {
 public:
  explicit EarlyStopping(const EarlyStoppingOptions& options);

  // Takes the next estimate (any shape, the same each time).
  void update(const torch::Tensor& estimate);
  // Whether the minimum is older than the patience.
  bool stop() const;
  // Mean over samples and channels of the newest window's variance; NaN until the window is full.
  double variance() const { return variance_; }
  int64_t best_iteration() const { return best_iteration_; }

 private:
  EarlyStoppingOptions options_;
  torch::Tensor index_;  // which samples
  torch::Tensor ring_;   // window x samples
  torch::Tensor sum_, sum_of_squares_;
  int64_t iteration_ = 0, best_iteration_ = -1;
  double variance_, best_;
};

}  // namespace pentimento
