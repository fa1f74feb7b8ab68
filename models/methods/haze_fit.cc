// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/haze_fit.h"

#include <algorithm>
#include <memory>

#include "fit/loop.h"
#include "imaging/haze.h"
#include "imaging/pictures.h"
#include "imaging/resample.h"
#include "losses/local_deviation.h"
#include "nets/hourglass.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kScales = 4;
constexpr int64_t kPaddedSide = 64;  // what they can work with
constexpr double kLearningRate = 0.003;
constexpr double kWarmUp = 0.4;           // of the iterations, for the scene alone
constexpr double kTransition = 0.2;       // of them, while the transmission comes free
constexpr double kMostCorrection = 0.3;   // of the transmission
constexpr double kSmoothness = 0.005;     // the paper's weight
constexpr double kInputNoise = 1.0 / 30;  // the paper's, of the scene's network

std::shared_ptr<Hourglass> new_network(int64_t in, int64_t out, int64_t width) {
  HourglassOptions options = HourglassOptions::uniform(in, kScales, width, 4, out);
  options.upsampling.assign(kScales, Upsampling::kBilinearAligned);
  return std::make_shared<Hourglass>(options);
}

// Adds nothing before it has learnt something.
std::shared_ptr<Hourglass> new_correction(int64_t in, int64_t width) {
  HourglassOptions options = HourglassOptions::uniform(in, kScales, width, 4, 1);
  options.upsampling.assign(kScales, Upsampling::kBilinearAligned);
  options.sigmoid = false;
  options.starts_at_zero = true;
  return std::make_shared<Hourglass>(options);
}

Tensor corrected(const Tensor& transmission, const Tensor& correction) {
  return (transmission + kMostCorrection * torch::tanh(correction)).clamp(0.02, 1);
}

}  // namespace

Tensor fit_haze(const Haze& haze, const HazeFitOptions& options, Monitor& monitor,
                const std::function<Tensor(const Tensor&)>& show) {
  torch::manual_seed(options.seed);
  const int64_t height = haze.picture.size(2), width = haze.picture.size(3), count = haze.picture.size(0);
  const Tensor small = fit_within(haze.picture, options.pixels);
  const auto prepared = [&](const Tensor& t) {
    return extended(area_shrink(t, small.size(2), small.size(3)), kPaddedSide).to(options.device);
  };
  const Tensor picture = prepared(haze.picture), first = prepared(haze.transmission);
  const Tensor airlight = haze.airlight.to(options.device);
  const Tensor scene = scene_behind(picture, first, airlight);
  const Tensor guide = torch::cat({picture, first}, 1);
  const auto network = new_network(3, 3, options.width), correction = new_correction(4, options.width);
  for (const auto& n : {network, correction}) n->to(options.device);

  Problem problem;
  problem.priors = {{network, scene, kInputNoise}, {correction, guide, 0}};
  const auto of_turn = [count](const Tensor& all, const Iteration& iteration) {
    return count == 1 ? all : all.index_select(0, iteration.on_device.remainder(count));
  };
  const auto steps = static_cast<double>(options.iterations);
  const auto freedom = [steps](const Iteration& iteration) {
    return ((iteration.on_device.to(torch::kFloat) / steps - kWarmUp) / kTransition).clamp(0, 1).squeeze();
  };
  problem.loss = [&](const std::vector<Tensor>& outputs, const Iteration& iteration) {
    const Tensor free = freedom(iteration), start = of_turn(first, iteration);
    const Tensor t = torch::lerp(start, corrected(start, outputs[1]), free);
    const Tensor explained = t * outputs[0] + (1 - t) * airlight;
    return (1 - free) * torch::mse_loss(outputs[0], of_turn(scene, iteration)) +
           torch::mse_loss(explained, of_turn(picture, iteration)) + kSmoothness * local_deviation(t);
  };
  problem.estimate = [&](const std::vector<Tensor>& outputs, const Iteration& iteration) {
    const Tensor start = of_turn(first, iteration);
    return torch::lerp(start, corrected(start, outputs[1]), freedom(iteration));
  };
  problem.replayable = true;

  const auto in_full = [&](const Tensor& t) {
    return enlarge(t.slice(2, 0, small.size(2)).slice(3, 0, small.size(3)).to(torch::kCPU), height, width);
  };
  monitor.expect(options.iterations, problem.pixels());
  const Recipe recipe = {kLearningRate, options.iterations, 0.9, options.seed, {}};
  const Tensor newest =
      fit(problem, recipe, monitor, [&](const Tensor& t) { return count == 1 ? show(in_full(t)) : Tensor(); }).estimate;
  if (count == 1) return in_full(newest);
  // An average over iterations would be one over frames.
  torch::NoGradGuard no_grad;
  std::vector<Tensor> all;
  for (int64_t n = 0; n < count; ++n)
    all.push_back(in_full(corrected(first.slice(0, n, n + 1), correction->forward(guide.slice(0, n, n + 1)))));
  return torch::cat(all);
}

}  // namespace pentimento
