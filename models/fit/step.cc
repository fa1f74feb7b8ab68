// SPDX-License-Identifier: GPL-3.0-or-later
#include "fit/step.h"

#include <ATen/autocast_mode.h>

#include <utility>

#include "fit/cuda.h"

namespace pentimento {

using torch::Tensor;

namespace {

enum Number { kIterations, kAccepted, kLoss, kStopped, kNumbers };

std::vector<Tensor> parameters_of(const Problem& problem) {
  std::vector<Tensor> all;
  for (const Prior& prior : problem.priors)
    for (const Tensor& p : prior.network->parameters()) all.push_back(p);
  return all;
}

// While it lives, a GPU's convolutions compute in bfloat16, if asked to.
class Bfloat16 {
 public:
  explicit Bfloat16(bool asked) : asked_(asked) {
    if (!asked_) return;
    at::autocast::set_autocast_enabled(at::kCUDA, true);
    at::autocast::set_autocast_dtype(at::kCUDA, at::kBFloat16);
    // Every weight is used once: there is nothing to keep, and a recorded graph must convert them each time.
    at::autocast::set_autocast_cache_enabled(false);
  }
  Bfloat16(const Bfloat16&) = delete;
  ~Bfloat16() {
    if (!asked_) return;
    at::autocast::set_autocast_enabled(at::kCUDA, false);
    at::autocast::set_autocast_cache_enabled(true);
  }

 private:
  bool asked_;
};

}  // namespace

Step::Step(const Problem& problem, const Recipe& recipe)
    : problem_(problem),
      parameters_(parameters_of(problem)),
      in_bfloat16_(has_fast_bfloat16(problem.device())),
      noise_(problem.device(), recipe.seed),
      guard_(parameters_),
      adam_(parameters_, recipe.learning_rate),
      average_(recipe.averaging) {
  // The shapes never change: cuDNN may try out which of its kernels are fastest.
  if (problem.device().is_cuda()) at::globalContext().setBenchmarkCuDNN(true);
  if (recipe.early_stopping) stopping_.emplace(*recipe.early_stopping);
  // Convolutions would round them to bfloat16 anyway; noise is drawn and added faster so.
  for (const Prior& prior : problem.priors) {
    const Tensor input = in_bfloat16_ ? prior.input.to(torch::kBFloat16) : prior.input;
    inputs_.push_back(input.permute({0, 2, 3, 1}).contiguous());
  }
  numbers_ = torch::zeros({kNumbers}, torch::dtype(torch::kDouble).device(problem.device()));
  turn_ = torch::zeros({1}, torch::dtype(torch::kLong).device(problem.device()));
  active_ = torch::ones({1}, torch::dtype(torch::kBool).device(problem.device()));
}

std::vector<Tensor> Step::forward() {
  std::vector<Tensor> outputs;
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const Prior& prior = problem_.priors[i];
    const Tensor input = entry(inputs_[i]);
    const Tensor fed = prior.input_noise > 0 ? noise_.add_to(input, prior.input_noise) : input;
    outputs.push_back(prior.network->forward(fed).to(torch::kFloat));
  }
  return outputs;
}

// The one whose turn it is, chosen on the device, with the channels innermost.
Tensor Step::entry(const Tensor& rows) const {
  const int64_t count = rows.size(0);
  const Tensor one = count == 1 ? rows : rows.index_select(0, turn_.remainder(count));
  return one.permute({0, 3, 1, 2});
}

void Step::run(int64_t number) {
  // A recording that failed may have left some.
  for (const Tensor& p : parameters_) p.mutable_grad().reset();

  const Iteration iteration = {number, turn_};
  std::optional<Bfloat16> precision(in_bfloat16_);
  const std::vector<Tensor> outputs = forward();
  precision.reset();
  const Tensor loss = problem_.loss(outputs, iteration);
  loss.backward();
  const Tensor taken = guard_.accept(loss, active_) & active_;
  adam_.step((~taken).to(torch::kFloat).squeeze());

  torch::NoGradGuard no_grad;
  precision.emplace(in_bfloat16_);
  const Tensor estimate = problem_.estimate(outputs, iteration).detach();
  precision.reset();
  turn_.add_(1);
  average_.update(estimate, taken);
  numbers_[kIterations].add_(active_.squeeze());
  numbers_[kAccepted].add_(taken.squeeze());
  numbers_[kLoss].copy_(torch::where(active_.squeeze(), loss.detach(), numbers_[kLoss]));
  if (!stopping_) return;
  stopping_->update(estimate, taken);
  numbers_[kStopped].copy_(stopping_->stopped().squeeze());
  active_.copy_(~stopping_->stopped());
}

Status Step::status(const Tensor& numbers) {
  const auto n = numbers.accessor<double, 1>();
  return {static_cast<int64_t>(n[kIterations]), static_cast<int64_t>(n[kAccepted]), n[kLoss], n[kStopped] != 0};
}

}  // namespace pentimento
