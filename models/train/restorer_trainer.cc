// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/restorer_trainer.h"

#include <utility>

#include "weights/parameters.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr double kSquared = 5;  // weight of the squared error at the beginning

std::shared_ptr<Restorer> copy_of(const Restorer& network) {
  auto copy = std::make_shared<Restorer>(network.shape());
  TORCH_CHECK(assign_parameters(*copy, parameters_of(network, torch::kFloat)));
  return copy;
}

// The network's parameters first, since these are what is averaged.
Descent::Named all_parameters(Restorer& network, RestorerHeads* heads, const torch::Device& device) {
  Descent::Named all = prepared(network, device);
  if (heads)
    for (auto& [name, tensor] : prepared(*heads, device)) all.emplace_back("heads." + name, tensor);
  return all;
}

}  // namespace

RestorerTrainer::RestorerTrainer(std::shared_ptr<Restorer> network, const CropSource& crops, const RestorerPlan& plan,
                                 const torch::Device& device)
    : network_(std::move(network)),
      average_(copy_of(*network_)),
      heads_(plan.balance ? std::make_shared<RestorerHeads>(*network_) : nullptr),
      crops_(crops),
      plan_(plan),
      degrade_(find_degradation(plan.task)),
      balance_({1, 0.5, 0.5}),
      descent_(all_parameters(*network_, heads_.get(), device), average_parameters(*average_, device), plan) {}

Tensor RestorerTrainer::loss_of(const Tensor& degraded, const Tensor& clean, double progress) {
  // The squared error finds what is wrong; with the absolute one alone doubtful places are left alone in the end.
  const double squared = kSquared * (1 - progress);
  if (!plan_.balance) return plain_loss(network_->forward(degraded, plan_.type), clean, squared);
  const std::vector<Tensor> losses = balanced_losses(*network_, *heads_, degraded, clean, squared, plan_.type);
  return losses.size() > 1 ? balance_.sum(losses, network_->entry()) : losses[0];
}

Tensor RestorerTrainer::deep_gradient() const {
  const auto relative = [](const std::vector<Tensor>& parameters) {
    Tensor gradient = torch::zeros({}, parameters[0].options()), weight = gradient.clone();
    for (const Tensor& p : parameters) {
      gradient += p.grad().square().sum();
      weight += p.detach().square().sum();
    }
    return (gradient / weight.clamp_min(1e-12)).sqrt();
  };
  const torch::NoGradGuard no_grad;
  if (network_->shape().depth == 0) return torch::ones({});
  return relative(network_->deepest_parameters()) / relative({network_->entry()}).clamp_min(1e-12);
}

void RestorerTrainer::step(double progress) {
  // All random numbers depend on seed and step alone.
  const auto step = static_cast<uint64_t>(steps());
  const Tensor clean = to_unit(crops_.cut(crops_.draw(plan_.batch, plan_.seed, step)));
  torch::manual_seed(plan_.seed * 1'000'003 + step);
  const Tensor spared = (torch::rand({clean.size(0), 1, 1, 1}) < plan_.clean).to(clean.device());
  const Tensor degraded = torch::where(spared, clean, degrade_(clean));
  const Tensor loss = loss_of(degraded, clean, progress);
  loss.backward();
  const Tensor deep = deep_gradient().to(loss.device()), imbalance = balance_.imbalance().to(loss.device());
  descent_.step(progress, {loss.detach(), deep, imbalance});
}

RestorerReport RestorerTrainer::report() {
  const DescentReport r = descent_.report();
  if (r.means.empty()) return {};
  return {r.means[0], r.means[1], r.means[2], r.gradient_norm, r.learning_rate, r.skipped};
}

std::map<std::string, Tensor> RestorerTrainer::state() const {
  auto state = descent_.state();
  for (const auto& [name, tensor] : balance_.state()) state["balance." + name] = tensor;
  return state;
}

bool RestorerTrainer::restore(std::map<std::string, Tensor> state) {
  std::map<std::string, Tensor> balance;
  for (auto item = state.lower_bound("balance."); item != state.end() && item->first.starts_with("balance.");) {
    balance[item->first.substr(8)] = item->second;
    item = state.erase(item);
  }
  return descent_.restore(state) && balance_.restore(balance);
}

}  // namespace pentimento
