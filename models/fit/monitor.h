// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>

namespace pentimento {

enum class Answer { kContinue, kKeep, kCancel };

// Thrown at the first step after the caller answered kCancel.
struct Cancelled {};

struct Snapshot {
  int64_t iteration = 0;   // done so far in the whole job
  int64_t iterations = 0;  // at most, in the whole job
  double elapsed = 0;      // seconds
  double remaining = -1;   // seconds if nothing stops early; negative while unknown
  double loss = std::numeric_limits<double>::quiet_NaN();
  torch::Tensor estimate;  // 1 x C x H x W; undefined where only the numbers are new
};

// Progress and cancellation of one job are one thing: whoever is told how far it is answers whether to go on.
class Monitor {
 public:
  using Sink = std::function<Answer(const Snapshot&)>;

  // `interval`: seconds between two reports at the least (0: every step).
  Monitor(Sink sink, double interval);

  // Announces work to come: `iterations` of `pixels` pixels each.
  void expect(int64_t iterations, int64_t pixels);
  // Takes back what was announced and will not be done (a fit stopped early).
  void forgo(int64_t iterations, int64_t pixels);

  // Takes back all that was announced and is not done: the work begins anew.
  void forget();

  // One iteration over `pixels` pixels is done. True: stop and keep what there is. `loss` and `estimate` are only
  // asked for when a report is due. Throws Cancelled.
  bool step(int64_t pixels, const std::function<double()>& loss, const std::function<torch::Tensor()>& estimate);

  // Reports an estimate at once, outside an iteration. Same answer, same exception.
  bool show(const torch::Tensor& estimate);

  // Whether the caller asked to stop and keep.
  bool keep() const { return keep_; }

 private:
  using Clock = std::chrono::steady_clock;
  bool report(double loss, const torch::Tensor& estimate);

  Sink sink_;
  double interval_;
  Clock::time_point start_ = Clock::now();
  double last_report_ = -std::numeric_limits<double>::infinity();
  double report_cost_ = 0;  // seconds; a large picture's estimate takes long to make, so it is made less often
  double first_step_ = -1;  // when the first step began to count: what comes before it says nothing about speed
  int64_t iteration_ = 0, iterations_ = 0;
  double done_ = 0, planned_ = 0;  // pixel-iterations
  bool keep_ = false;
};

}  // namespace pentimento
