// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/denoise.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "errors.h"
#include "fit/loop.h"
#include "fit/resources.h"
#include "imaging/collaborative_filter.h"
#include "imaging/dct_shrinkage.h"
#include "imaging/noise.h"
#include "imaging/pictures.h"
#include "imaging/resample.h"
#include "imaging/tiles.h"
#include "imaging/wavelet.h"
#include "methods/memo.h"
#include "nets/hourglass.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kSmallestSide = 8;         // below it there is nothing to tell noise from
constexpr int64_t kPaddedSide = 64;          // what the hourglasses' five scales can work with
constexpr int64_t kSmallPixels = 512 * 512;  // of the version that gives the first estimate
constexpr int64_t kOverlap = 32;
constexpr int64_t kClassicalPixels = 512 * 512;  // restored between two looks at what the user wants
constexpr int64_t kClassicalCost = 6;            // of a classical estimate, in iterations of the guided fit
constexpr int64_t kBands = 5;                    // of what is given back where the strength is below 1
// What a fit may count for beside what there was before it: the classical estimate; that and the guided fit.
constexpr double kMostGuided = 0.5, kMostPaper = 0.25;
constexpr double kInputNoise = 1.0 / 30;                                    // the paper's for sigma = 25
constexpr int64_t kGuidedBytesPerPixel = 3300, kPaperBytesPerPixel = 7500;  // measured peaks

// What `quality` stands for. Every quality begins with a classical estimate; fast ends with it. The others average it
// with a narrow hourglass whose input it is (guided), and best averages that with the paper's network, whose input is
// noise: what one of them gets wrong the others get wrong differently.
struct Plan {
  int64_t width;                 // of the guided hourglass
  Recipe guided;                 // of the first tile; without iterations there is no fit
  int64_t next_tile_iterations;  // of the others, whose network starts from the one before
  std::optional<Recipe> paper;
  int64_t tile_pixels;  // on a CPU, at most, whatever the memory
};

Plan plan_for(const std::string& quality, int64_t iterations, uint64_t seed) {
  Plan plan = {48, {0.005, 400, 0.98, seed, {}}, 80, {}, 256 * 256};
  if (quality == "fast") {
    plan.width = 32;
    plan.guided.iterations = iterations;
    plan.next_tile_iterations = iterations;
  } else if (quality == "best") {
    plan.paper = Recipe{0.01, 4000, 0.99, seed, EarlyStoppingOptions{}};
    plan.tile_pixels = 1024 * 1024;
  }
  if (iterations > 0) {
    plan.guided.iterations = std::min(plan.guided.iterations, iterations);
    Recipe& last = plan.paper ? *plan.paper : plan.guided;
    last.iterations = iterations;
    last.early_stopping.reset();
    plan.next_tile_iterations = plan.paper ? std::min(plan.next_tile_iterations, iterations) : iterations;
  }
  return plan;
}

// How much of the noise to take away, 0..1 each.
struct Strength {
  double brightness, color;
};

// Gives back of what was removed: first fine grain, which the eye likes, last coarse blotches. At 0 everything.
Tensor weakened(const Tensor& noisy, const Tensor& restored, const Strength& strength) {
  if (strength.brightness == 1 && strength.color == 1) return restored;
  const std::vector<Tensor> bands = wavelet_bands(decorrelate(noisy - restored), kBands);
  Tensor given_back = torch::zeros_like(bands[0]);
  for (size_t b = 0; b < bands.size(); ++b) {
    const auto power = static_cast<double>(b + 1);
    given_back.slice(1, 0, 1).add_(bands[b].slice(1, 0, 1), std::pow(1 - strength.brightness, power));
    given_back.slice(1, 1).add_(bands[b].slice(1, 1), std::pow(1 - strength.color, power));
  }
  return restored + correlate(given_back);
}

std::string noise_found(const Tensor& picture) {
  const Tensor sigma = 255 * estimate_noise(decorrelate(picture), clipped_samples(picture));
  const auto text = [](const Tensor& s) {
    char number[16];
    std::snprintf(number, sizeof number, "%.1f", s.item<double>());
    return std::string(number);
  };
  if (sigma.size(0) == 1) return pentimento::format(_("The noise found is about %s of 255."), text(sigma[0]));
  const std::string sentence =
      pentimento::format(_("The noise found is about %s of 255 in brightness and %s in colour."), text(sigma[0]));
  return pentimento::format(sentence.c_str(), text(sigma.slice(0, 1).square().mean().sqrt()));
}

class Denoising {
 public:
  Denoising(Monitor& monitor, const Plan& plan, const Resources& resources, const Strength& strength)
      : monitor_(monitor), plan_(plan), resources_(resources), strength_(strength) {
    torch::manual_seed(plan.guided.seed);
  }

  // 1 x C x H x W in 0..1 -> the same.
  Tensor operator()(const Tensor& picture) {
    const std::vector<Tile> parts = plan_tiles(picture.size(2), picture.size(3), kClassicalPixels, kOverlap);
    for (const Tile& part : parts) monitor_.expect(1, kClassicalCost * part.height * part.width);
    const int64_t bytes = plan_.paper ? kPaperBytesPerPixel : kGuidedBytesPerPixel;
    const int64_t tile_pixels = resources_.tile_pixels(bytes, plan_.tile_pixels);
    std::vector<Tile> tiles;
    if (plan_.guided.iterations > 0) tiles = plan_tiles(picture.size(2), picture.size(3), tile_pixels, kOverlap);
    for (const Tile& tile : tiles) {
      const int64_t pixels = extended(tile.of(picture), kPaddedSide).numel() / picture.size(1);
      monitor_.expect(&tile == tiles.data() ? plan_.guided.iterations : plan_.next_tile_iterations, pixels);
      if (plan_.paper) monitor_.expect(plan_.paper->iterations, pixels);
    }

    Canvas canvas(classical(picture, parts));
    for (const Tile& tile : tiles) {
      if (monitor_.keep()) break;
      const auto show = [&](const Tensor& estimate) {
        return weakened(picture, canvas.with(tile, estimate), strength_);
      };
      canvas.put(tile, fit_tile(tile.of(picture), tile.of(canvas.base()), &tile == tiles.data(), show));
    }
    return canvas.picture();
  }

 private:
  Tensor classical(const Tensor& picture, const std::vector<Tile>& parts) {
    // The first answer: of a large picture a small version, within a second.
    const Tensor small = fit_within(picture, kSmallPixels);
    // A long strip may become too thin.
    if (std::min(small.size(2), small.size(3)) >= kSmallestSide) monitor_.show(DctShrinkage(small)(small));
    filter_.emplace(picture);
    const DctShrinkage quick(picture);
    Canvas canvas(picture);
    for (const Tile& part : parts) {
      // Who asks to keep what there is does not want to wait for the rest, and still gets all of the picture.
      canvas.put(part, monitor_.keep() ? quick(part.of(picture)) : (*filter_)(part.of(picture)));
      // Half a picture is no better than the small one.
      monitor_.step(kClassicalCost * part.height * part.width, [] { return std::nan(""); }, [] { return Tensor(); });
    }
    monitor_.show(weakened(picture, canvas.picture(), strength_));
    return canvas.picture();
  }

  Tensor fit_tile(const Tensor& noisy, const Tensor& guide, bool first, const Show& show) {
    Recipe recipe = plan_.guided;
    if (!first) {
      // Adam's first steps are of full size: smaller ones, so that they do not undo what the network knows already.
      recipe.learning_rate *= 0.4;
      recipe.iterations = plan_.next_tile_iterations;
    }
    noise_in_classical_ = noise_kept(noisy);
    const Tensor guided = fit_guided(noisy, guide, recipe, show);
    return plan_.paper && !monitor_.keep() ? fit_paper(noisy, guided, show) : guided;
  }

  // How much of the noise's variance the classical estimate of `noisy` holds: sigma^2 times its degrees of freedom a
  // pixel, which a random nudge tells (Ramani et al., "Monte-Carlo SURE", IEEE TIP 2008).
  double noise_kept(const Tensor& noisy) const {
    const double variance = filter_->variance(), step = 0.25 * std::sqrt(variance) + 1e-6;
    const Tensor nudge = torch::randn_like(noisy);
    const Tensor moved = (*filter_)(noisy + step * nudge) - (*filter_)(noisy);
    return std::max(0.0, variance * (nudge * moved).mean().item<double>() / step);
  }

  // The classical estimate alone as input: with the noisy picture beside it the network copies the noise at once.
  Tensor fit_guided(const Tensor& noisy, const Tensor& guide, const Recipe& recipe, const Show& show) {
    if (!guided_)
      guided_ = std::make_shared<Hourglass>(HourglassOptions::uniform(noisy.size(1), 4, plan_.width, 4, noisy.size(1)));
    return fit_prior(guided_, extended(guide, kPaddedSide), recipe, noisy, guide, kMostGuided, show);
  }

  // The paper's: noise as input, a network of its own. Its errors are other ones than the guided fit's.
  Tensor fit_paper(const Tensor& noisy, const Tensor& guided, const Show& show) {
    const auto network = std::make_shared<Hourglass>(HourglassOptions::uniform(32, 5, 128, 4, noisy.size(1)));
    const Tensor target = extended(noisy, kPaddedSide);
    const Tensor z = torch::rand({1, 32, target.size(2), target.size(3)}) * 0.1;
    return fit_prior(network, z, *plan_.paper, noisy, guided, kMostPaper, show);
  }

  // Fits one prior to `noisy` (y below); the result is a weighted average of `fallback` (a) and the fit's estimate (b).
  // (1 - w) a + w b errs least at w = 1/2 + (|a-y|^2 - |b-y|^2 + k) / (2 |a-b|^2), where k is by how much more of the
  // noise lies in a than in b, twice: here as if the fit held half as much as the classical estimate. A fit never gets
  // more than `most`, because it comes to hold more and more.
  Tensor fit_prior(const std::shared_ptr<Network>& network, const Tensor& input, const Recipe& recipe,
                   const Tensor& noisy, const Tensor& fallback, double most, const Show& show) {
    const torch::Device device = resources_.device;
    network->to(device);
    const Tensor target = extended(noisy, kPaddedSide).to(device);
    const double left = torch::mse_loss(fallback, noisy).item<double>();
    const auto mixed = [&](const Tensor& estimate) {
      const Tensor inner = estimate.slice(2, 0, noisy.size(2)).slice(3, 0, noisy.size(3)).to(torch::kCPU).contiguous();
      const double better = left - torch::mse_loss(inner, noisy).item<double>() + noise_in_classical_;
      const double apart = torch::mse_loss(inner, fallback).item<double>() + 1e-12;
      return torch::lerp(fallback, inner, std::clamp(0.5 + better / (2 * apart), 0.0, most));
    };
    const Problem problem = Problem::single({network, input.to(device), kInputNoise},
                                            [&](const Tensor& output) { return torch::mse_loss(output, target); });
    const FitResult result = fit(problem, recipe, monitor_, [&](const Tensor& e) { return show(mixed(e)); });
    return mixed(result.estimate);
  }

  Monitor& monitor_;
  const Plan& plan_;
  const Resources& resources_;
  const Strength strength_;
  std::shared_ptr<Hourglass> guided_;
  std::optional<CollaborativeFilter> filter_;
  double noise_in_classical_ = 0;  // of the tile at hand
};

}  // namespace

Tensor denoise(Task& task) {
  const Strength strength = {task.options.real("strength", 1, 0, 1), task.options.real("color-strength", 1, 0, 1)};
  FitSettings settings = read_fit_settings(task.options);
  if (task.inputs.size() != 1) throw Error(PENTIMENTO_BAD_INPUT, _("Denoising takes one picture."));
  const Tensor& input = task.inputs[0];
  if (std::min(input.size(2), input.size(3)) < kSmallestSide)
    throw Error(PENTIMENTO_BAD_INPUT, _("The picture is too small to denoise: it needs at least 8 pixels a side."));

  const InRange range = split_range(input);
  const bool grey = is_grey(range.picture);
  const Tensor picture = grey ? range.picture.slice(1, 0, 1) : range.picture;
  const Plan plan = plan_for(settings.quality, settings.iterations, settings.seed);
  const Tensor restored = remembered(task, settings, {picture}, "denoise", [&] {
    return with_less_memory(settings.resources, [&](const Resources& r) {
      task.monitor->forget();
      return Denoising(*task.monitor, plan, r, strength)(picture);
    });
  });
  task.notice = settings.resources.notice;
  if (task.notice.empty() && range.repaired > 0)
    task.notice = _("Some samples of the picture were not numbers; they were filled from their surroundings.");
  if (task.notice.empty()) task.notice = noise_found(picture);
  return weakened(picture, restored, strength).expand_as(input) + range.excess;
}

}  // namespace pentimento
