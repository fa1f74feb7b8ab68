// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/trainer.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "imaging/bicubic.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kCalmAfter = 100;  // steps in which any gradient is followed
constexpr double kExplosion = 4;     // times the usual norm: a step that is not taken

// Convolutions of channels-last features want their weights so, too.
std::shared_ptr<Rescaling> prepared(std::shared_ptr<Rescaling> network, const torch::Device& device) {
  network->to(device);
  for (Tensor& p : network->parameters())
    if (p.dim() == 4) p.set_data(p.contiguous(torch::MemoryFormat::ChannelsLast));
  return network;
}

std::shared_ptr<Rescaling> copy_of(const Rescaling& network) {
  std::vector<int64_t> blocks;
  for (const Rescaling::Level& level : network.levels()) blocks.push_back(static_cast<int64_t>(level.size()));
  auto copy = std::make_shared<Rescaling>(blocks);
  copy_blocks(network, *copy);
  return copy;
}

}  // namespace

double learning_rate_share(const TrainingPlan& plan, int64_t step, double progress) {
  const double warm =
      std::min(1.0, static_cast<double>(step + 1) / static_cast<double>(std::max<int64_t>(1, plan.warm_up)));
  const double share = plan.schedule == LearningSchedule::kCosine
                           ? 0.5 + 0.5 * std::cos(std::numbers::pi * progress)
                           : std::pow(0.5, std::min(4.0, std::floor(progress * 5)));
  return warm * share;
}

Trainer::Trainer(std::shared_ptr<Rescaling> network, const CropSource& crops, const TrainingPlan& plan,
                 const torch::Device& device)
    : network_(prepared(std::move(network), device)),
      average_(prepared(copy_of(*network_), device)),
      crops_(crops),
      plan_(plan),
      device_(device),
      adam_(network_->parameters(), plan.learning_rate, plan.weight_decay),
      shrink_(bicubic_matrix(plan.crop, 1.0 / static_cast<double>(network_->scale())).to(device)),
      sums_(torch::zeros({6}, torch::dtype(torch::kFloat).device(device))),
      usual_(torch::zeros({}, torch::dtype(torch::kFloat).device(device))) {
  for (Tensor& p : average_->parameters()) p.set_requires_grad(false);
}

void Trainer::step(double progress) {
  // All random numbers depend on seed and step alone.
  Tensor pictures = to_unit(crops_.cut(crops_.draw(plan_.batch, plan_.seed, static_cast<uint64_t>(step_))));
  torch::manual_seed(plan_.seed * 1'000'003 + static_cast<uint64_t>(step_));
  const Tensor grey = torch::rand({pictures.size(0), 1, 1, 1}, pictures.options()) < plan_.grey;
  pictures = torch::where(grey, pictures.mean(1, true), pictures);
  const Tensor small = shrink_.matmul(pictures).matmul(shrink_.t());
  const RescalingLoss loss = rescaling_loss(*network_, pictures, small, plan_.loss, plan_.type, grey);
  loss.total.backward();

  const torch::NoGradGuard no_grad;
  const std::vector<Tensor> parameters = network_->parameters();
  std::vector<Tensor> gradients;
  for (const Tensor& p : parameters) gradients.push_back(p.grad());
  const Tensor norm = torch::stack(torch::_foreach_norm(gradients)).norm();
  torch::_foreach_mul_(gradients, (plan_.clip / (norm + 1e-6)).clamp_max(1));
  // One step on a crop where the inverse explodes can undo thousands.
  const Tensor taken =
      torch::isfinite(norm) & (norm < (step_ < kCalmAfter ? INFINITY : kExplosion) * usual_.clamp_min(1e-9));
  usual_ = torch::where(taken, torch::lerp(usual_, norm, step_ == 0 ? 1.0 : 0.02), usual_ * 1.05);
  last_rate_ = plan_.learning_rate * learning_rate_share(plan_, step_, progress);
  adam_.set_learning_rate(last_rate_);
  adam_.step(1 - taken.to(torch::kFloat));

  const double n = static_cast<double>(step_), kept = std::min(plan_.ema, (1 + n) / (10 + n));
  torch::_foreach_lerp_(average_->parameters(), parameters, 1 - kept);
  const Tensor values =
      torch::stack({loss.total, loss.restoration, loss.guidance, loss.distribution, norm, torch::ones_like(norm)});
  sums_ += torch::where(taken, values, torch::zeros_like(values));
  ++step_;
}

TrainingReport Trainer::report() {
  const Tensor sums = sums_.to(torch::kCPU, torch::kDouble);
  const double* sum = sums.data_ptr<double>();
  const double taken = sum[5];
  const auto mean = [&](int i) { return sum[i] / taken; };
  const auto skipped = step_ - std::exchange(reported_, step_) - static_cast<int64_t>(taken);
  sums_.zero_();
  return {mean(0), mean(1), mean(2), mean(3), mean(4), last_rate_, skipped};
}

std::map<std::string, Tensor> Trainer::named_state() const {
  std::map<std::string, Tensor> state;
  const auto memory = adam_.memory();
  size_t i = 0;
  for (const auto& parameter : network_->named_parameters()) {
    state["weights." + parameter.key()] = parameter.value();
    state["first." + parameter.key()] = memory[0][i];
    state["second." + parameter.key()] = memory[1][i];
    state["steps." + parameter.key()] = memory[2][i++];
  }
  return state;
}

std::map<std::string, Tensor> Trainer::state() const {
  auto state = named_state();
  for (auto& [name, tensor] : state) tensor = tensor.detach().to(torch::kCPU).contiguous();
  state["step"] = torch::tensor(step_);
  state["usual"] = usual_.to(torch::kCPU);
  return state;
}

bool Trainer::restore(const std::map<std::string, Tensor>& state) {
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

bool copy_blocks(const Rescaling& from, Rescaling& to) {
  const torch::NoGradGuard no_grad;
  bool fits = from.levels().size() <= to.levels().size();
  for (size_t l = 0; l < std::min(from.levels().size(), to.levels().size()); ++l) {
    const auto &theirs = from.levels()[l], &ours = to.levels()[l];
    fits = fits && theirs.size() <= ours.size();
    for (size_t b = 0; b < std::min(theirs.size(), ours.size()); ++b) {
      const auto source = theirs[b]->parameters(), target = ours[b]->parameters();
      for (size_t p = 0; p < source.size(); ++p) target[p].copy_(source[p]);
    }
  }
  return fits;
}

}  // namespace pentimento
