// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/trainer.h"

#include <algorithm>
#include <utility>

#include "imaging/bicubic.h"

namespace pentimento {

using torch::Tensor;

namespace {

std::shared_ptr<Rescaling> copy_of(const Rescaling& network) {
  std::vector<int64_t> blocks;
  for (const Rescaling::Level& level : network.levels()) blocks.push_back(static_cast<int64_t>(level.size()));
  auto copy = std::make_shared<Rescaling>(blocks);
  copy_blocks(network, *copy);
  return copy;
}

}  // namespace

Trainer::Trainer(std::shared_ptr<Rescaling> network, const CropSource& crops, const TrainingPlan& plan,
                 const torch::Device& device)
    : network_(std::move(network)),
      average_(copy_of(*network_)),
      crops_(crops),
      plan_(plan),
      descent_(prepared(*network_, device), average_parameters(*average_, device), plan),
      shrink_(bicubic_matrix(plan.crop, 1.0 / static_cast<double>(network_->scale())).to(device)) {}

void Trainer::step(double progress) {
  // All random numbers depend on seed and step alone.
  Tensor pictures = to_unit(crops_.cut(crops_.draw(plan_.batch, plan_.seed, static_cast<uint64_t>(steps()))));
  torch::manual_seed(plan_.seed * 1'000'003 + static_cast<uint64_t>(steps()));
  const Tensor grey = torch::rand({pictures.size(0), 1, 1, 1}, pictures.options()) < plan_.grey;
  pictures = torch::where(grey, pictures.mean(1, true), pictures);
  const Tensor small = shrink_.matmul(pictures).matmul(shrink_.t());
  const RescalingLoss loss = rescaling_loss(*network_, pictures, small, plan_.loss, plan_.type, grey);
  loss.total.backward();

  descent_.step(progress, {loss.total, loss.restoration, loss.guidance, loss.distribution});
}

TrainingReport Trainer::report() {
  const DescentReport r = descent_.report();
  if (r.means.empty()) return {};
  return {r.means[0], r.means[1], r.means[2], r.means[3], r.gradient_norm, r.learning_rate, r.skipped};
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
