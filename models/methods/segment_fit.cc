// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/segment_fit.h"

#include <memory>
#include <vector>

#include "fit/loop.h"
#include "losses/region_loss.h"
#include "nets/hourglass.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kMultiple = 16;  // of sides: of the networks' three halvings, and enough to reflect
constexpr double kInputNoise = 0.001;
constexpr double kLearningRate = 0.01;         // ten times the published one, for a tenth of its iterations
constexpr double kHintedShare = 0.4;           // of the iterations, before the layers must mix to the picture
constexpr double kMixing = 0.5, kGray = 0.01;  // weights of the losses from then on
constexpr int64_t kDepth = 2;                  // of the noise that the networks see

Tensor to_multiple(const Tensor& frames) {
  const auto missing = [](int64_t side) { return (kMultiple - side % kMultiple) % kMultiple; };
  return torch::replication_pad2d(frames, {0, missing(frames.size(3)), 0, missing(frames.size(2))});
}

std::shared_ptr<Hourglass> network(int64_t in_channels, int64_t out_channels) {
  HourglassOptions o;
  o.in_channels = in_channels;
  o.out_channels = out_channels;
  o.down = o.up = {8, 16, 32};
  o.skip = {0, 0, 0};
  o.down_kernel = o.up_kernel = {3, 3, 3};
  o.upsampling = std::vector<Upsampling>(3, Upsampling::kBilinearAligned);
  return std::make_shared<Hourglass>(o);
}

// Noise that changes slowly from frame to frame, so that what the networks make of it does ("video noise" of the
// published code).
Tensor coherent_noise(int64_t frames, int64_t height, int64_t width) {
  std::vector<Tensor> all = {(torch::rand({1, kDepth, height, width}) - 0.5) * 0.1};
  while (static_cast<int64_t>(all.size()) < frames) all.push_back(all.back() + torch::rand_like(all.back()) * 0.01);
  return torch::cat(all);
}

}  // namespace

CoupledFit::CoupledFit(Monitor& monitor, const FitSettings& settings, const Tensor& frames, int64_t iterations)
    : monitor_(monitor),
      settings_(settings),
      frames_(to_multiple(frames)),
      height_(frames.size(2)),
      width_(frames.size(3)),
      iterations_(iterations) {}

int64_t CoupledFit::pixels() const { return frames_.size(2) * frames_.size(3); }

CoupledEstimate CoupledFit::operator()(const Hints& hints, const std::function<Tensor(const CoupledEstimate&)>& show) {
  const torch::Device device = settings_.resources.device;
  const int64_t count = frames_.size(0), channels = frames_.size(1);
  torch::manual_seed(settings_.seed);
  const Tensor frames = frames_.to(device), front = to_multiple(hints.foreground).to(device),
               back = to_multiple(hints.background).to(device);
  const Tensor noise = coherent_noise(count, frames.size(2), frames.size(3)).to(device);
  Problem problem;
  problem.priors = {{network(kDepth, channels), noise, kInputNoise},
                    {network(kDepth, channels), noise, kInputNoise},
                    {network(kDepth + channels, 1), torch::cat({noise, frames}, 1), kInputNoise}};
  for (const Prior& prior : problem.priors) prior.network->to(device);
  const double first = kHintedShare * static_cast<double>(iterations_);
  problem.loss = [&](const std::vector<Tensor>& outputs, const Iteration& iteration) {
    const Tensor turn = iteration.on_device.remainder(count).view({1});
    const auto now = [&](const Tensor& all) { return count == 1 ? all : all.index_select(0, turn); };
    const Tensor picture = now(frames), f = now(front), b = now(back);
    const Tensor &left = outputs[0], &right = outputs[1], &mask = outputs[2];
    const Tensor late = (iteration.on_device.to(torch::kFloat) >= first).to(torch::kFloat).squeeze();
    const Tensor hinted = ((mask - f).abs() * (f + b)).mean() / (f + b).mean().clamp_min(1e-6);
    const Tensor mixed = mask * left + (1 - mask) * right;
    return region_l1(left, picture, f) + region_l1(right, picture, b) + hinted +
           late * (kMixing * (mixed - picture).abs().mean() + kGray * gray_loss(mask));
  };
  problem.estimate = [](const std::vector<Tensor>& outputs, const Iteration&) { return torch::cat(outputs, 1); };
  problem.replayable = true;

  const auto split = [&](const Tensor& all) -> CoupledEstimate {
    const Tensor t = all.slice(2, 0, height_).slice(3, 0, width_).to(torch::kCPU).contiguous();
    return {t.slice(1, 0, channels), t.slice(1, channels, 2 * channels), t.slice(1, 2 * channels)};
  };
  const Recipe recipe = {kLearningRate, iterations_, 0.95, settings_.seed, {}};
  // The average is of one frame after another, and shows none.
  const FitResult result =
      fit(problem, recipe, monitor_, [&](const Tensor& e) { return count == 1 ? show(split(e)) : Tensor(); });
  if (count == 1) return split(result.estimate);
  torch::NoGradGuard no_grad;
  std::vector<Tensor> all;
  for (int64_t n = 0; n < count; ++n) {
    std::vector<Tensor> outputs;
    for (const Prior& prior : problem.priors) outputs.push_back(prior.network->forward(prior.input.slice(0, n, n + 1)));
    all.push_back(torch::cat(outputs, 1));
  }
  return split(torch::cat(all));
}

}  // namespace pentimento
