// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/super_resolution.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "errors.h"
#include "fit/loop.h"
#include "fit/resources.h"
#include "imaging/back_projection.h"
#include "imaging/pictures.h"
#include "imaging/resample.h"
#include "imaging/tiles.h"
#include "nets/hourglass.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kSmallestSide = 4;     // below it there is nothing to learn from
constexpr int64_t kPaddedSide = 64;      // of a large tile: what five scales can work with
constexpr int64_t kOverlap = 12;         // of small tiles
constexpr int64_t kFinalSteps = 20;      // of back-projection: the residual is then below 8 bits' rounding
constexpr int64_t kFewPixels = 1 << 20;  // of a large picture that balanced still fits from noise
constexpr int64_t kGuidedBytesPerPixel = 3300, kNoiseBytesPerPixel = 4000, kPaperBytesPerPixel = 7500;

// One fit of the network that the paper uses, or a narrower one, to noise.
struct FromNoise {
  int64_t width;
  Recipe recipe;
};

// What `quality` stands for. Every quality fits a narrow hourglass whose input is the classical enlargement (guided);
// what is fitted from noise takes its place once it explains the small picture.
struct Plan {
  int64_t guided_width;
  Recipe guided;                 // of the first tile
  int64_t next_tile_iterations;  // of the others, whose network starts from the one before
  std::vector<FromNoise> from_noise;
  int64_t tile_pixels;  // of the large picture, at most, on a CPU
};

Plan plan_for(const FitSettings& settings, int64_t large_pixels) {
  Plan plan = {48, {0.005, 80, 0.97, settings.seed, {}}, 25, {}, 256 * 256};
  const FromNoise narrow = {48, {0.01, 800, 0.99, settings.seed, {}}};
  const FromNoise wide = {64, {0.01, 1500, 0.99, settings.seed, {}}};
  const FromNoise paper = {128, {0.01, 2000, 0.99, settings.seed, {}}};
  if (settings.quality == "fast") {
    plan.guided_width = 32;
    plan.guided.iterations = 60;
    plan.next_tile_iterations = 15;
  } else if (settings.quality == "best") {
    plan.from_noise = {wide, paper};
    plan.tile_pixels = 512 * 512;
  } else if (large_pixels <= kFewPixels) {
    plan.from_noise = {narrow};
    plan.tile_pixels = 512 * 512;
  }
  if (const int64_t n = settings.iterations; n > 0) {
    for (FromNoise& f : plan.from_noise) f.recipe.iterations = n;
    plan.guided.iterations = plan.from_noise.empty() ? n : std::min(plan.guided.iterations, n);
    plan.next_tile_iterations = plan.from_noise.empty() ? n : std::min(plan.next_tile_iterations, n);
  }
  return plan;
}

// The same tile of a picture `factor` times as large.
Tile times(const Tile& t, int64_t factor) {
  return {t.top * factor, t.left * factor, t.height * factor, t.width * factor,
          enlarge(t.weight, t.height * factor, t.width * factor)};
}

class Enlarging {
 public:
  Enlarging(Monitor& monitor, const Plan& plan, int64_t factor, const Resources& resources)
      : monitor_(monitor), plan_(plan), factor_(factor), resources_(resources) {
    torch::manual_seed(plan.guided.seed);
  }

  // 1 x C x h x w in 0..1 -> 1 x C x h*factor x w*factor.
  Tensor operator()(const Tensor& small) {
    const Tensor first = enlarge_bicubic(small, factor_).clamp_(0, 1);
    monitor_.show(first);
    if (std::min(small.size(2), small.size(3)) < kSmallestSide) return finished(first, small);

    const int64_t bytes = plan_.from_noise.empty()      ? kGuidedBytesPerPixel
                          : plan_.from_noise.size() > 1 ? kPaperBytesPerPixel
                                                        : kNoiseBytesPerPixel;
    const int64_t pixels = resources_.tile_pixels(bytes, plan_.tile_pixels) / (factor_ * factor_);
    const std::vector<Tile> tiles = plan_tiles(small.size(2), small.size(3), std::max<int64_t>(pixels, 1), kOverlap);
    for (const Tile& tile : tiles) expect(tile, &tile == tiles.data());

    const auto go_on = [&] { return !monitor_.show({}); };
    Canvas canvas(first);
    for (const Tile& tile : tiles) canvas.put(times(tile, factor_), classical(tile.of(small), go_on));
    Canvas fitted(canvas.picture());
    monitor_.show(canvas.picture());
    for (const Tile& tile : tiles) {
      if (monitor_.keep()) break;
      const Tile large = times(tile, factor_);
      const auto show = [&](const Tensor& estimate) { return fitted.with(large, estimate); };
      fitted.put(large, fit_tile(tile.of(small), large.of(fitted.base()), &tile == tiles.data(), show));
    }
    return finished(fitted.picture(), small);
  }

 private:
  // Small pictures are extended, so that the networks have something to shrink.
  Tensor padded(const Tensor& small) const { return extended(small, (kPaddedSide + factor_ - 1) / factor_); }
  Tensor padded_large(const Tensor& large) const {
    const int64_t side = (kPaddedSide + factor_ - 1) / factor_ * factor_;
    return extended(large, side);
  }
  Tensor cut(const Tensor& large, const Tensor& small) const {
    return large.slice(2, 0, small.size(2) * factor_).slice(3, 0, small.size(3) * factor_);
  }
  Tensor finished(const Tensor& large, const Tensor& small) const {
    return back_project(large, small, factor_, kFinalSteps);
  }

  void expect(const Tile& tile, bool first) {
    const auto side = [&](int64_t n) { return std::max(n * factor_, (kPaddedSide + factor_ - 1) / factor_ * factor_); };
    const int64_t pixels = side(tile.height) * side(tile.width);
    monitor_.expect(first ? plan_.guided.iterations : plan_.next_tile_iterations, pixels);
    for (const FromNoise& f : plan_.from_noise) monitor_.expect(f.recipe.iterations, pixels);
  }

  Tensor classical(const Tensor& small, const std::function<bool()>& go_on) const {
    return cut(enlarge_sparsely(padded(small), factor_, go_on), small);
  }

  Tensor fit_tile(const Tensor& small, const Tensor& guide, bool first, const Show& show) {
    const Tensor guided = fit_guided(small, guide, first, show);
    Tensor sum;
    double fits = 0;
    for (const FromNoise& f : plan_.from_noise) {
      if (monitor_.keep()) break;
      const Tensor before = sum.defined() ? sum / fits : Tensor();
      const Tensor fitted = fit_from_noise(f, small, guided, before, show);
      sum = sum.defined() ? sum + fitted : fitted;
      ++fits;
    }
    return sum.defined() ? sum / fits : guided;
  }

  Tensor fit_guided(const Tensor& small, const Tensor& guide, bool first, const Show& show) {
    if (!guided_)
      guided_ = std::make_shared<Hourglass>(
          HourglassOptions::uniform(small.size(1), 4, plan_.guided_width, 4, small.size(1)));
    Recipe recipe = plan_.guided;
    if (!first) {
      // Adam's first steps are of full size: smaller ones, so that they do not undo what the network knows already.
      recipe.learning_rate *= 0.4;
      recipe.iterations = plan_.next_tile_iterations;
    }
    return fit_prior({guided_, padded_large(guide), 0.03}, recipe, small, guide, show);
  }

  Tensor fit_from_noise(const FromNoise& f, const Tensor& small, const Tensor& fallback, const Tensor& before,
                        const Show& show) {
    const auto network = std::make_shared<Hourglass>(HourglassOptions::uniform(32, 5, f.width, 4, small.size(1)));
    const Tensor large = padded_large(fallback);
    // The paper's input noise: 0.03 for x4, 0.05 for x8.
    const double input_noise = factor_ > 4 ? 0.05 : 0.03;
    const Tensor z = torch::rand({1, 32, large.size(2), large.size(3)}) * 0.1;
    const auto mixed = [&](const Tensor& e) { return show(before.defined() ? (e + before) / 2 : e); };
    return fit_prior({network, z, input_noise}, f.recipe, small, before.defined() ? before : fallback, mixed);
  }

  // Fits one prior so that its output, scaled down, is `small`. The result goes over from `fallback` to the fit as that
  // comes to explain the small picture as well as ordinary enlargement does.
  Tensor fit_prior(Prior prior, const Recipe& recipe, const Tensor& small, const Tensor& fallback, const Show& show) {
    const torch::Device device = resources_.device;
    prior.network->to(device);
    prior.input = prior.input.to(device);
    const Tensor target = padded(small).to(device);
    const double ordinary = behind(enlarge_bicubic(small, factor_), small) + 1e-6;
    const auto judge = [&](const Tensor& estimate) {
      const Tensor inner = cut(estimate, small).to(torch::kCPU).contiguous();
      const double ripe = std::clamp((4 - behind(inner, small) / ordinary) / 3, 0.0, 1.0);
      return ripe > 0 ? torch::lerp(fallback, back_project(inner, small, factor_, 4), ripe) : fallback;
    };
    const Problem problem = Problem::single(
        prior, [&](const Tensor& output) { return torch::mse_loss(lanczos_downsample(output, factor_, 2), target); });
    const FitResult result = fit(problem, recipe, monitor_, [&](const Tensor& e) { return show(judge(e)); });
    return judge(result.estimate);
  }

  double behind(const Tensor& large, const Tensor& small) const {
    return torch::mse_loss(lanczos_downsample(large, factor_, 2), small).item<double>();
  }

  Monitor& monitor_;
  const Plan& plan_;
  const int64_t factor_;
  const Resources& resources_;
  std::shared_ptr<Hourglass> guided_;
};

}  // namespace

Tensor super_resolution(Task& task) {
  const int64_t factor = task.options.integer("scale", 2, 2, 8);
  FitSettings settings = read_fit_settings(task.options);
  if (task.inputs.size() != 1) throw Error(PENTIMENTO_BAD_INPUT, _("Super-resolution takes one picture."));
  const Tensor& input = task.inputs[0];

  const InRange range = split_range(input);
  const bool grey = is_grey(range.picture);
  const Tensor picture = grey ? range.picture.slice(1, 0, 1) : range.picture;
  const int64_t height = input.size(2) * factor, width = input.size(3) * factor;
  const Plan plan = plan_for(settings, height * width);
  const Tensor result = with_less_memory(settings.resources, [&](const Resources& r) {
    task.monitor->forget();
    return Enlarging(*task.monitor, plan, factor, r)(picture);
  });
  task.notice = settings.resources.notice;
  if (task.notice.empty() && range.repaired > 0)
    task.notice = _("Some samples of the picture were not numbers; they were filled from their surroundings.");
  return result.expand({1, input.size(1), height, width}) + enlarge(range.excess, height, width);
}

}  // namespace pentimento
