// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/flash_no_flash.h"

#include <algorithm>
#include <memory>
#include <optional>

#include "errors.h"
#include "fit/loop.h"
#include "fit/resources.h"
#include "imaging/joint_estimate.h"
#include "imaging/pictures.h"
#include "imaging/resample.h"
#include "imaging/tiles.h"
#include "nets/hourglass.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kSmallestSide = 8;         // below it there is nothing to tell noise from
constexpr int64_t kPaddedSide = 64;          // what five scales can work with
constexpr int64_t kSmallPixels = 512 * 512;  // of the version that gives the first estimate
constexpr int64_t kOverlap = 64;
constexpr int64_t kLowBand = 16;  // radius of what is compared with the picture, and given back to it, without noise
// How far the low band's colours may lie off, root mean square, before a fit counts for nothing, and for all.
constexpr double kUnripe = 8.0 / 255, kRipe = 3.0 / 255;
// The same for how much more of the noisy picture it leaves than the classical estimate.
constexpr double kFarBehind = 0.3, kBehind = 0.05;
constexpr int64_t kAttempts = 3;  // at the paper's fit, which may get stuck in a wrong colour
constexpr int64_t kGuidedBytesPerPixel = 3300, kPaperBytesPerPixel = 7500;

// Every quality fits a narrow hourglass whose input is the flash picture and the classical estimate (guided); best also
// the paper's, whose input is the flash picture alone, and averages the two.
struct Plan {
  int64_t width;
  Recipe guided;                 // of the first tile
  int64_t next_tile_iterations;  // of the others, whose network starts from the one before
  std::optional<Recipe> paper;
  int64_t tile_pixels;  // at most, on a CPU
};

Plan plan_for(const FitSettings& settings) {
  Plan plan = {32, {0.005, 120, 0.97, settings.seed, {}}, 40, {}, 400 * 400};
  if (settings.quality == "fast") {
    plan.guided.iterations = 50;
    plan.guided.averaging = 0.95;
    plan.next_tile_iterations = 15;
  } else if (settings.quality == "best") {
    plan.paper = Recipe{0.1, 601, 0.97, settings.seed, {}};
    plan.tile_pixels = 1024 * 1024;
  }
  if (const int64_t n = settings.iterations; n > 0) {
    if (plan.paper) plan.paper->iterations = n;
    plan.guided.iterations = plan.paper ? std::min(plan.guided.iterations, n) : n;
    plan.next_tile_iterations = plan.paper ? std::min(plan.next_tile_iterations, n) : n;
  }
  return plan;
}

class Merging {
 public:
  Merging(Monitor& monitor, const Plan& plan, const Resources& resources)
      : monitor_(monitor), plan_(plan), resources_(resources) {
    torch::manual_seed(plan.guided.seed);
  }

  // Both 1 x C x H x W in 0..1; the result is like `noisy`.
  Tensor operator()(const Tensor& noisy, const Tensor& flash) {
    const int64_t bytes = plan_.paper ? kPaperBytesPerPixel : kGuidedBytesPerPixel;
    const std::vector<Tile> tiles =
        plan_tiles(noisy.size(2), noisy.size(3), resources_.tile_pixels(bytes, plan_.tile_pixels), kOverlap);
    for (const Tile& tile : tiles) {
      const int64_t pixels = padded(tile.of(flash)).numel() / flash.size(1);
      monitor_.expect(&tile == tiles.data() ? plan_.guided.iterations : plan_.next_tile_iterations, pixels);
      if (plan_.paper) monitor_.expect(plan_.paper->iterations, pixels);
    }

    // The first answer: of a large picture a small version, within a second.
    if (noisy.size(2) * noisy.size(3) > 2 * kSmallPixels) {
      const Tensor small = fit_within(noisy, kSmallPixels);
      // A long strip may become too thin.
      if (std::min(small.size(2), small.size(3)) >= kSmallestSide)
        monitor_.show(in_its_colors(joint_estimate(fit_within(flash, kSmallPixels), small), small));
    }
    Canvas classical(noisy);
    for (const Tile& tile : tiles) {
      classical.put(tile, joint_estimate(tile.of(flash), tile.of(noisy)));
      monitor_.show({});  // half a picture is no better than the small one
    }
    monitor_.show(in_its_colors(classical.picture(), noisy));
    Canvas canvas(classical.picture());
    for (const Tile& tile : tiles) {
      if (monitor_.keep()) break;
      const auto show = [&](const Tensor& estimate) { return in_its_colors(canvas.with(tile, estimate), noisy); };
      canvas.put(tile, fit_tile(tile.of(noisy), tile.of(flash), tile.of(canvas.base()), &tile == tiles.data(), show));
    }
    return in_its_colors(canvas.picture(), noisy);
  }

 private:
  static Tensor padded(const Tensor& picture) { return extended(picture, kPaddedSide); }

  // The low band, in which noise averages out, is the picture's own.
  static Tensor in_its_colors(const Tensor& estimate, const Tensor& noisy) {
    return (estimate + smoothed(noisy - estimate, kLowBand)).clamp_(0, 1);
  }

  static double off_color(const Tensor& estimate, const Tensor& noisy) {
    return smoothed(estimate - noisy, kLowBand).square().mean().sqrt().item<double>();
  }

  Tensor fit_tile(const Tensor& noisy, const Tensor& flash, const Tensor& classical, bool first, const Show& show) {
    if (!guided_) {
      const int64_t channels = flash.size(1) + classical.size(1);
      guided_ = std::make_shared<Hourglass>(HourglassOptions::uniform(channels, 4, plan_.width, 4, noisy.size(1)));
    }
    Recipe recipe = plan_.guided;
    if (!first) {
      // Adam's first steps are of full size: smaller ones, so that they do not undo what the network knows already.
      recipe.learning_rate *= 0.4;
      recipe.iterations = plan_.next_tile_iterations;
    }
    const Tensor input = torch::cat({padded(flash), padded(classical)}, 1);
    const Tensor guided = judged(fit_prior({guided_, input, 1.0 / 30}, recipe, noisy,
                                           [&](const Tensor& e) { return show(judged(e, noisy, classical)); }),
                                 noisy, classical);
    return plan_.paper && !monitor_.keep() ? fit_paper(noisy, flash, guided, show) : guided;
  }

  // Section 3.5 of the paper: the flash picture is the input. The authors warn that the fit may get stuck in a reddish
  // colour; another seed then does better.
  Tensor fit_paper(const Tensor& noisy, const Tensor& flash, const Tensor& guided, const Show& show) {
    const auto mixed = [&](const Tensor& e) { return judged((e + guided) / 2, noisy, guided); };
    Tensor fitted;
    for (int64_t attempt = 0; attempt < kAttempts && !monitor_.keep(); ++attempt) {
      HourglassOptions options = HourglassOptions::uniform(flash.size(1), 5, 128, 4, noisy.size(1));
      options.upsampling[0] = options.upsampling[1] = Upsampling::kNearest;
      const auto network = std::make_shared<Hourglass>(options);
      if (attempt > 0) monitor_.expect(plan_.paper->iterations, padded(flash).numel() / flash.size(1));
      fitted =
          fit_prior({network, padded(flash), 0}, *plan_.paper, noisy, [&](const Tensor& e) { return show(mixed(e)); });
      if (off_color(fitted, noisy) < kUnripe) break;
    }
    return fitted.defined() ? mixed(fitted) : guided;
  }

  // Goes over from `fallback` to `estimate` as that comes to have the picture's colours and to explain the picture,
  // whose noise both leave, about as well.
  static Tensor judged(const Tensor& estimate, const Tensor& noisy, const Tensor& fallback) {
    const double reached = torch::mse_loss(fallback, noisy).item<double>() + 1e-7;
    const double behind = torch::mse_loss(estimate, noisy).item<double>() / reached - 1;
    const double colored = (kUnripe - off_color(estimate, noisy)) / (kUnripe - kRipe);
    const double explained = (kFarBehind - behind) / (kFarBehind - kBehind);
    return torch::lerp(fallback, estimate, std::clamp(std::min(colored, explained), 0.0, 1.0));
  }

  Tensor fit_prior(Prior prior, const Recipe& recipe, const Tensor& noisy, const Show& show) {
    const torch::Device device = resources_.device;
    prior.network->to(device);
    prior.input = prior.input.to(device);
    const Tensor target = padded(noisy).to(device);
    const auto cut = [&](const Tensor& e) {
      return e.slice(2, 0, noisy.size(2)).slice(3, 0, noisy.size(3)).to(torch::kCPU).contiguous();
    };
    const Problem problem =
        Problem::single(prior, [&](const Tensor& output) { return torch::mse_loss(output, target); });
    return cut(fit(problem, recipe, monitor_, [&](const Tensor& e) { return show(cut(e)); }).estimate);
  }

  Monitor& monitor_;
  const Plan& plan_;
  const Resources& resources_;
  std::shared_ptr<Hourglass> guided_;
};

}  // namespace

Tensor flash_no_flash(Task& task) {
  FitSettings settings = read_fit_settings(task.options);
  if (task.inputs.size() != 2)
    throw Error(PENTIMENTO_BAD_INPUT, _("Two pictures are needed: one without and one with flash."));
  const Tensor &input = task.inputs[0], &flash = task.inputs[1];
  if (flash.size(2) != input.size(2) || flash.size(3) != input.size(3))
    throw Error(PENTIMENTO_BAD_INPUT,
                _("The picture taken with flash has another size than the one without. Please align the two and crop "
                  "them to the same size."));
  if (std::min(input.size(2), input.size(3)) < kSmallestSide)
    throw Error(PENTIMENTO_BAD_INPUT, _("The pictures are too small to merge: they need at least 8 pixels a side."));

  const InRange range = split_range(input), lit = split_range(flash);
  const auto channels = [](const Tensor& t) { return is_grey(t) ? t.slice(1, 0, 1) : t; };
  const Tensor picture = channels(range.picture), guide = channels(lit.picture);
  const Plan plan = plan_for(settings);
  const Tensor result = with_less_memory(settings.resources, [&](const Resources& r) {
    task.monitor->forget();
    return Merging(*task.monitor, plan, r)(picture, guide);
  });
  task.notice = settings.resources.notice;
  if (task.notice.empty() && range.repaired + lit.repaired > 0)
    task.notice = _("Some samples of the pictures were not numbers; they were filled from their surroundings.");
  return result.expand_as(input) + range.excess;
}

}  // namespace pentimento
