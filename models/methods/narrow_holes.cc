// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "imaging/noise.h"
#include "imaging/pictures.h"
#include "imaging/sparse_fill.h"
#include "methods/hole_fits.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kPaddedSide = 64;
constexpr double kLeastNoise = 2.0 / 255;  // below it a threshold keeps everything

struct Plan {
  int64_t folds, passes, width, scales, iterations;
};

Plan plan_for(const FitSettings& settings) {
  Plan plan = {6, 30, 32, 3, 300};
  if (settings.quality == "fast") plan = {3, 15, 32, 3, 60};
  if (settings.quality == "best") plan = {10, 30, 48, 4, 800};
  if (settings.iterations > 0) plan.iterations = settings.iterations;
  return plan;
}

// Mirrored, upside down, both, and where the picture is square all of these transposed: more to learn from.
int64_t orientations(const Tensor& picture) { return picture.size(2) == picture.size(3) ? 8 : 4; }

Tensor oriented(const Tensor& picture, int64_t orientation) {
  std::vector<int64_t> mirrored;
  if (orientation & 1) mirrored.push_back(3);
  if (orientation & 2) mirrored.push_back(2);
  const Tensor result = picture.flip(mirrored);
  return orientation & 4 ? result.transpose(2, 3) : result;
}

// Takes back an orientation that is known on the device alone, of `turns` that there are.
Tensor upright(const Tensor& picture, const Tensor& orientation, int64_t turns) {
  const auto has = [&](int64_t bit) { return orientation.remainder(2 * bit) >= bit; };
  const Tensor turned = turns > 4 ? torch::where(has(4), picture.transpose(2, 3), picture) : picture;
  const Tensor mirrored = torch::where(has(1), turned.flip(3), turned);
  return torch::where(has(2), mirrored.flip(2), mirrored);
}

}  // namespace

struct NarrowHoles::Fills {
  Tensor wide, narrow;  // of 16 x 16 and 8 x 8 blocks: what they disagree on tells where they err
  Tensor input(const Tensor& known) const { return torch::cat({wide, narrow, known}, 1); }
};

NarrowHoles::NarrowHoles(Monitor& monitor, const FitSettings& settings) : monitor_(monitor), settings_(settings) {
  torch::manual_seed(settings.seed);
}

int64_t NarrowHoles::iterations(bool first) const {
  const Plan plan = plan_for(settings_);
  return first || settings_.iterations > 0 ? plan.iterations : std::max<int64_t>(plan.iterations / 5, 20);
}

NarrowHoles::Fills NarrowHoles::fill(const Tensor& picture, const Tensor& known) const {
  const double noise = estimate_noise(pull_push(picture, known)).mean().item<double>();
  const int64_t passes = plan_for(settings_).passes;
  const auto after_pass = [&] { monitor_.show({}); };
  const auto with_blocks = [&](int64_t side) {
    return sparse_fill(picture, known, side, std::max(noise, kLeastNoise), passes, after_pass);
  };
  const Tensor narrow = with_blocks(8);
  return {settings_.quality == "fast" ? narrow : with_blocks(16), narrow};
}

// The known samples that fold hides: single ones where single ones are missing, else holes like those that there are,
// moved and mirrored.
Tensor NarrowHoles::hidden(const Holes& holes, int64_t fold) const {
  const Plan plan = plan_for(settings_);
  at::Generator generator = at::globalContext().defaultGenerator(torch::kCPU).clone();
  if (holes.scattered) {
    generator.set_current_seed(settings_.seed);  // the same draw for all folds: each sample is hidden once
    const Tensor drawn = torch::rand(holes.known.sizes(), generator) * static_cast<double>(plan.folds);
    return (drawn.floor() == static_cast<double>(fold)) * holes.known;
  }
  generator.set_current_seed(settings_.seed + static_cast<uint64_t>(fold));
  const int64_t h = holes.known.size(2), w = holes.known.size(3);
  const Tensor draw = torch::rand({2}, generator);
  const auto shift = [&](int64_t i, int64_t side) {
    return static_cast<int64_t>(draw[i].item<double>() * static_cast<double>(side));
  };
  return torch::roll(oriented(1 - holes.known, fold % 4), {shift(0, h), shift(1, w)}, {2, 3}) * holes.known;
}

Tensor NarrowHoles::operator()(const Holes& holes, const Show& show) {
  const Tensor picture = extended(holes.picture, kPaddedSide), known = extended(holes.known, kPaddedSide);
  const Holes whole = {picture, known, holes.scattered};
  const auto inner = [&](const Tensor& t) {
    return t.slice(2, 0, holes.picture.size(2)).slice(3, 0, holes.picture.size(3));
  };
  const Fills fills = fill(picture, known);
  if (monitor_.show(show(inner(fills.wide)))) return inner(fills.wide);

  const Plan plan = plan_for(settings_);
  std::vector<Tensor> inputs, targets, weights;
  for (int64_t fold = 0; fold < plan.folds; ++fold) {
    const Tensor hides = hidden(whole, fold), rest = known - hides;
    if (hides.sum().item<double>() < 1) continue;  // nothing to learn from
    const Tensor input = fill(picture, rest).input(rest);
    inputs.push_back(input);
    targets.push_back(picture - input.slice(1, 0, picture.size(1)));
    weights.push_back(hides / hides.sum());
    if (monitor_.keep()) return inner(fills.wide);
  }
  if (inputs.empty()) return inner(fills.wide);

  const bool first = !network_;
  if (first) {
    HourglassOptions options =
        HourglassOptions::uniform(inputs[0].size(1), plan.scales, plan.width, 16, picture.size(1));
    options.sigmoid = false;
    options.starts_at_zero = true;
    network_ = std::make_shared<Hourglass>(options);
  }
  const torch::Device device = settings_.resources.device;
  network_->to(device);
  const int64_t turns = orientations(picture);
  const auto stacked = [&](const std::vector<Tensor>& list) {
    std::vector<Tensor> all;
    for (int64_t o = 0; o < turns; ++o)
      for (const Tensor& t : list) all.push_back(oriented(t, o));
    return torch::cat(all).to(device).contiguous(torch::MemoryFormat::ChannelsLast);
  };
  const Tensor target = stacked(targets), weight = stacked(weights);
  const Tensor full = stacked({fills.input(known)}), base = fills.wide.to(device);

  Problem problem;
  problem.priors = {{network_, stacked(inputs), 0}};
  problem.loss = [&](const std::vector<Tensor>& outputs, const Iteration& iteration) {
    const Tensor entry = iteration.on_device.remainder(target.size(0));
    return ((outputs[0] - target.index_select(0, entry)).square() * weight.index_select(0, entry)).sum();
  };
  // What is averaged sees every known sample, in one orientation after the other.
  problem.estimate = [&](const std::vector<Tensor>&, const Iteration& iteration) {
    const Tensor orientation = iteration.on_device.remainder(turns);
    const Tensor input = full.index_select(0, orientation).contiguous(torch::MemoryFormat::ChannelsLast);
    return base + upright(network_->forward(input), orientation, turns);
  };
  problem.replayable = true;
  Recipe recipe = {first ? 0.002 : 0.001, iterations(first), 0.98, settings_.seed, {}};
  const FitResult result =
      fit(problem, recipe, monitor_, [&](const Tensor& e) { return show(inner(e.to(torch::kCPU).clamp(0, 1))); });
  return inner(result.estimate.to(torch::kCPU).clamp(0, 1));
}

}  // namespace pentimento
