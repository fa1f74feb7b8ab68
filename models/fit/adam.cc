// SPDX-License-Identifier: GPL-3.0-or-later
#include "fit/adam.h"

#include <utility>

namespace pentimento {

Adam::Adam(std::vector<torch::Tensor> parameters, double learning_rate, double weight_decay)
    : learning_rate_(learning_rate), weight_decay_(weight_decay), parameters_(std::move(parameters)) {
  for (const torch::Tensor& p : parameters_) {
    first_moments_.push_back(torch::zeros_like(p));
    second_moments_.push_back(torch::zeros_like(p));
    steps_.push_back(torch::zeros({}, p.options().dtype(torch::kFloat)));
  }
}

void Adam::step(const torch::Tensor& skipped) {
  torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> parameters, gradients, first, second, steps;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    // A schedule may leave a network out of the loss for a while: then it does not move at all.
    if (!parameters_[i].grad().defined()) continue;
    parameters.push_back(parameters_[i]);
    gradients.push_back(parameters_[i].grad());
    first.push_back(first_moments_[i]);
    second.push_back(second_moments_[i]);
    steps.push_back(steps_[i]);
    parameters_[i].mutable_grad().reset();
  }
  if (parameters.empty()) return;
  torch::_foreach_add_(steps, 1);
  if (skipped.defined()) torch::_foreach_add_(steps, skipped, -1);
  torch::_fused_adam_(parameters, gradients, first, second, /*max_exp_avg_sqs=*/{}, steps, learning_rate_,
                      /*beta1=*/0.9, /*beta2=*/0.999, weight_decay_, /*eps=*/1e-8, /*amsgrad=*/false,
                      /*maximize=*/false, /*grad_scale=*/{},
                      skipped.defined() ? std::optional<torch::Tensor>(skipped) : std::nullopt);
}

}  // namespace pentimento
