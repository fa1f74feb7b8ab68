// SPDX-License-Identifier: GPL-3.0-or-later
#include "fit/early_stopping.h"

#include <limits>

namespace pentimento {

using torch::Tensor;

EarlyStopping::EarlyStopping(const EarlyStoppingOptions& options) : options_(options) {}

void EarlyStopping::start(const Tensor& samples) {
  if (samples.numel() > options_.samples)
    index_ =
        torch::arange(options_.samples, samples.options().dtype(torch::kLong)) * (samples.numel() / options_.samples);
  const int64_t n = index_.defined() ? index_.numel() : samples.numel();
  ring_ = torch::zeros({options_.window, n}, samples.options());
  // The sums run over thousands of additions and subtractions; single precision would drift.
  const auto exact = samples.options().dtype(torch::kDouble);
  sum_ = torch::zeros({n}, exact);
  sum_of_squares_ = torch::zeros_like(sum_);
  count_ = torch::zeros({1}, samples.options().dtype(torch::kLong));
  best_iteration_ = torch::full_like(count_, -1);
  variance_ = torch::full({1}, std::numeric_limits<double>::quiet_NaN(), exact);
  best_ = torch::full({1}, std::numeric_limits<double>::infinity(), exact);
  stopped_ = torch::zeros({1}, samples.options().dtype(torch::kBool));
}

void EarlyStopping::update(const Tensor& estimate, const Tensor& taken) {
  torch::NoGradGuard no_grad;
  Tensor x = estimate.detach().flatten();
  if (!ring_.defined()) start(x);
  if (index_.defined()) x = x.index_select(0, index_);

  const Tensor position = count_.remainder(options_.window);
  Tensor slot = ring_.index_select(0, position).squeeze(0);
  // What does not count takes the place of what it would replace: nothing changes.
  if (taken.defined()) x = torch::where(taken, x, slot);
  ring_.index_copy_(0, position, x.unsqueeze(0));
  sum_.add_(x).sub_(slot);
  sum_of_squares_.add_(x.square()).sub_(slot.square());
  count_.add_(taken.defined() ? taken.to(torch::kLong) : torch::ones_like(count_));

  const auto w = static_cast<double>(options_.window);
  const Tensor variance = ((sum_of_squares_ - sum_.square() / w) / w).mean();
  const Tensor full = count_ >= options_.window;
  variance_.copy_(torch::where(full, variance, variance_));
  const Tensor better = full & (count_ >= options_.not_before) & (variance_ < best_);
  best_.copy_(torch::where(better, variance_, best_));
  best_iteration_.copy_(torch::where(better, count_ - 1, best_iteration_));
  stopped_.copy_((best_iteration_ >= 0) & (count_ - 1 - best_iteration_ >= options_.patience));
}

}  // namespace pentimento
