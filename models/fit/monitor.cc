// SPDX-License-Identifier: GPL-3.0-or-later
#include "fit/monitor.h"

#include <algorithm>
#include <utility>

namespace pentimento {

Monitor::Monitor(Sink sink, double interval) : sink_(std::move(sink)), interval_(interval) {}

void Monitor::expect(int64_t iterations, int64_t pixels) {
  iterations_ += iterations;
  planned_ += static_cast<double>(iterations) * static_cast<double>(pixels);
}

void Monitor::forgo(int64_t iterations, int64_t pixels) { expect(-iterations, pixels); }

void Monitor::forget() {
  iterations_ = iteration_;
  planned_ = done_;
}

bool Monitor::step(int64_t pixels, const std::function<double()>& loss,
                   const std::function<torch::Tensor()>& estimate) {
  ++iteration_;
  const double now = std::chrono::duration<double>(Clock::now() - start_).count();
  // The first step allocates and warms up; the clock for the time left starts behind it.
  if (first_step_ < 0) {
    first_step_ = now;
    planned_ -= static_cast<double>(pixels);
  } else {
    done_ += static_cast<double>(pixels);
  }
  if (!keep_ && now - last_report_ >= std::max(interval_, 20 * report_cost_)) {
    report(loss(), estimate());
    report_cost_ = std::chrono::duration<double>(Clock::now() - start_).count() - now;
  }
  return keep_;
}

bool Monitor::show(const torch::Tensor& estimate) { return report(std::numeric_limits<double>::quiet_NaN(), estimate); }

bool Monitor::report(double loss, const torch::Tensor& estimate) {
  Snapshot s;
  s.iteration = iteration_;
  s.iterations = std::max(iterations_, iteration_);
  s.elapsed = last_report_ = std::chrono::duration<double>(Clock::now() - start_).count();
  if (done_ > 0) s.remaining = std::max(0.0, (planned_ - done_) * (s.elapsed - first_step_) / done_);
  s.loss = loss;
  s.estimate = estimate;
  switch (sink_(s)) {
    case Answer::kCancel:
      throw Cancelled{};
    case Answer::kKeep:
      keep_ = true;
      break;
    case Answer::kContinue:
      break;
  }
  return keep_;
}

}  // namespace pentimento
