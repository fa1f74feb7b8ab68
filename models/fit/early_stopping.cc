// SPDX-License-Identifier: GPL-3.0-or-later
#include "fit/early_stopping.h"

#include <limits>

namespace pentimento {

EarlyStopping::EarlyStopping(const EarlyStoppingOptions& options)
    : options_(options),
      variance_(std::numeric_limits<double>::quiet_NaN()),
      best_(std::numeric_limits<double>::infinity()) {}

void EarlyStopping::update(const torch::Tensor& estimate) {
  torch::NoGradGuard no_grad;
  torch::Tensor x = estimate.detach().flatten();
  if (!ring_.defined()) {
    if (x.numel() > options_.samples)
      index_ = torch::arange(options_.samples, x.options().dtype(torch::kLong)) * (x.numel() / options_.samples);
    const int64_t n = index_.defined() ? index_.numel() : x.numel();
    ring_ = torch::zeros({options_.window, n}, x.options());
    // The sums run over thousands of additions and subtractions; single precision would drift.
    sum_ = torch::zeros({n}, x.options().dtype(torch::kDouble));
    sum_of_squares_ = torch::zeros_like(sum_);
  }
  if (index_.defined()) x = x.index_select(0, index_);

  torch::Tensor slot = ring_[iteration_ % options_.window];
  sum_.add_(x).sub_(slot);
  sum_of_squares_.add_(x.square()).sub_(slot.square());
  slot.copy_(x);
  ++iteration_;
  if (iteration_ < options_.window) return;

  const double w = static_cast<double>(options_.window);
  variance_ = ((sum_of_squares_ - sum_.square() / w) / w).mean().item<double>();
  if (iteration_ < options_.not_before || !(variance_ < best_)) return;
  best_ = variance_;
  best_iteration_ = iteration_ - 1;
}

bool EarlyStopping::stop() const {
  return best_iteration_ >= 0 && iteration_ - 1 - best_iteration_ >= options_.patience;
}

}  // namespace pentimento
