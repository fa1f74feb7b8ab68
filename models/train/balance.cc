// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/balance.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kEvery = 10;      // steps
constexpr double kRestoring = 1.5;  // the paper's alpha: how much a slow loss is favoured
constexpr double kRate = 0.1;       // of the way to the balanced weights, each time
constexpr double kReach = 20;       // times its share: no weight is more or, inversely, less

}  // namespace

Tensor Balance::sum(const std::vector<Tensor>& losses, const Tensor& shared) {
  const Tensor values = torch::stack(losses);
  weights_ = weights_.to(values.device());
  shares_ = shares_.to(values.device());
  if (round_++ % kEvery == 0 && losses.size() > 1) {
    std::vector<Tensor> norms;
    for (const Tensor& loss : losses) norms.push_back(torch::autograd::grad({loss}, {shared}, {}, true)[0].norm());
    const torch::NoGradGuard no_grad;
    const Tensor norm = torch::stack(norms).clamp_min(1e-12), now = values.detach().clamp_min(1e-12);
    if (!first_losses_.defined()) first_losses_ = now.clone();
    first_losses_ = first_losses_.to(now.device());
    // Before a path that begins as zero has taken its first steps there is nothing to balance.
    const Tensor awake = norm.min() > 1e-3 * norm.max();
    imbalance_ = torch::where(awake, norm.max() / norm.min(), torch::ones_like(norm[0]));
    // Section 3.2 there: how far each is from its beginning, relative to the first. The weights that the paper's
    // optimiser goes to are known, so that none is needed.
    const Tensor rate = now / first_losses_;
    const Tensor wanted = shares_ * (norm[0] / norm) * (rate / rate[0]).pow(kRestoring);
    const Tensor next = torch::minimum(torch::maximum(wanted, shares_ / kReach), shares_ * kReach);
    weights_ = torch::where(awake, weights_.lerp(next, kRate), weights_);
  }
  return (weights_ * values).sum();
}

std::map<std::string, Tensor> Balance::state() const {
  const auto kept = [](const Tensor& t) { return t.detach().to(torch::kCPU).contiguous(); };
  return {{"weights", kept(weights_)},
          {"first", kept(first_losses_.defined() ? first_losses_ : torch::zeros({0}))},
          {"round", torch::tensor(round_)}};
}

bool Balance::restore(const std::map<std::string, Tensor>& state) {
  if (!state.contains("weights") || !state.contains("first") || !state.contains("round") ||
      state.at("weights").sizes() != weights_.sizes())
    return false;
  const Tensor& first = state.at("first");
  weights_ = state.at("weights").to(weights_.device());
  first_losses_ = first.numel() > 0 ? first.to(weights_.device()) : Tensor();
  round_ = state.at("round").item<int64_t>();
  return true;
}

}  // namespace pentimento
