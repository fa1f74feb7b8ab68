// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/descent.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kCalmAfter = 100;  // steps in which any gradient is followed
constexpr double kExplosion = 4;     // times the usual norm: a step that is not taken

std::vector<Tensor> tensors_of(const Descent::Named& named) {
  std::vector<Tensor> tensors;
  for (const auto& [name, tensor] : named) tensors.push_back(tensor);
  return tensors;
}

}  // namespace

double learning_rate_share(const DescentPlan& plan, int64_t step, double progress) {
  const double warm =
      std::min(1.0, static_cast<double>(step + 1) / static_cast<double>(std::max<int64_t>(1, plan.warm_up)));
  const double share = plan.schedule == LearningSchedule::kCosine
                           ? 0.5 + 0.5 * std::cos(std::numbers::pi * progress)
                           : std::pow(0.5, std::min(4.0, std::floor(progress * 5)));
  return warm * share;
}

Descent::Descent(Named parameters, std::vector<Tensor> average, const DescentPlan& plan)
    : named_(std::move(parameters)),
      parameters_(tensors_of(named_)),
      average_(std::move(average)),
      plan_(plan),
      adam_(parameters_, plan.learning_rate, plan.weight_decay),
      usual_(torch::zeros({}, parameters_.at(0).options().requires_grad(false))) {
  for (Tensor& p : average_) p.set_requires_grad(false);
}

void Descent::step(double progress, const std::vector<Tensor>& values) {
  const torch::NoGradGuard no_grad;
  std::vector<Tensor> gradients;
  for (const Tensor& p : parameters_) gradients.push_back(p.grad());
  const Tensor norm = torch::stack(torch::_foreach_norm(gradients)).norm();
  torch::_foreach_mul_(gradients, (plan_.clip / (norm + 1e-6)).clamp_max(1));
  // One step on a crop where the gradient explodes can undo thousands.
  const Tensor taken =
      torch::isfinite(norm) & (norm < (step_ < kCalmAfter ? INFINITY : kExplosion) * usual_.clamp_min(1e-9));
  usual_ = torch::where(taken, torch::lerp(usual_, norm, step_ == 0 ? 1.0 : 0.02), usual_ * 1.05);
  last_rate_ = plan_.learning_rate * learning_rate_share(plan_, step_, progress);
  adam_.set_learning_rate(last_rate_);
  adam_.step(1 - taken.to(torch::kFloat));

  const double n = static_cast<double>(step_), kept = std::min(plan_.ema, (1 + n) / (10 + n));
  const std::vector<Tensor> averaged(parameters_.begin(), parameters_.begin() + std::ssize(average_));
  torch::_foreach_lerp_(average_, averaged, 1 - kept);
  std::vector<Tensor> told = values;
  told.insert(told.end(), {norm, torch::ones_like(norm)});
  const Tensor all = torch::stack(told);
  if (!sums_.defined()) sums_ = torch::zeros_like(all);
  sums_ += torch::where(taken, all, torch::zeros_like(all));
  ++step_;
}

DescentReport Descent::report() {
  if (!sums_.defined()) return {};
  const Tensor sums = sums_.to(torch::kCPU, torch::kDouble);
  std::vector<double> means(sums.data_ptr<double>(), sums.data_ptr<double>() + sums.numel());
  const double taken = means.back();
  means.pop_back();
  for (double& mean : means) mean /= taken;
  const double norm = means.back();
  means.pop_back();
  const auto skipped = step_ - std::exchange(reported_, step_) - static_cast<int64_t>(taken);
  sums_.zero_();
  return {std::move(means), norm, last_rate_, skipped};
}

std::map<std::string, Tensor> Descent::named_state() const {
  std::map<std::string, Tensor> state;
  const auto memory = adam_.memory();
  size_t i = 0;
  for (const auto& [name, tensor] : named_) {
    state["weights." + name] = tensor;
    state["first." + name] = memory[0][i];
    state["second." + name] = memory[1][i];
    state["steps." + name] = memory[2][i++];
  }
  return state;
}

std::map<std::string, Tensor> Descent::state() const {
  auto state = named_state();
  for (auto& [name, tensor] : state) tensor = tensor.detach().to(torch::kCPU).contiguous();
  state["step"] = torch::tensor(step_);
  state["usual"] = usual_.to(torch::kCPU);
  return state;
}

bool Descent::restore(const std::map<std::string, Tensor>& state) {
  const torch::NoGradGuard no_grad;
  auto ours = named_state();
  if (!state.contains("step") || !state.contains("usual") || state.size() != ours.size() + 2) return false;
  for (const auto& [name, tensor] : ours) {
    const auto theirs = state.find(name);
    if (theirs == state.end() || theirs->second.sizes() != tensor.sizes()) return false;
  }
  for (auto& [name, tensor] : ours) tensor.copy_(state.at(name));
  usual_.copy_(state.at("usual"));
  reported_ = step_ = state.at("step").item<int64_t>();
  return true;
}

Descent::Named prepared(torch::nn::Module& module, const torch::Device& device) {
  module.to(device);
  Descent::Named named;
  for (auto& item : module.named_parameters()) {
    Tensor p = item.value();
    if (p.dim() == 4) p.set_data(p.contiguous(torch::MemoryFormat::ChannelsLast));
    named.emplace_back(item.key(), p);
  }
  return named;
}

std::vector<Tensor> average_parameters(torch::nn::Module& module, const torch::Device& device) {
  return tensors_of(prepared(module, device));
}

}  // namespace pentimento
