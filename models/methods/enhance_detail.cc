// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/enhance_detail.h"

#include <algorithm>
#include <memory>
#include <string>

#include "errors.h"
#include "fit/loop.h"
#include "imaging/dct_shrinkage.h"
#include "imaging/guided_filter.h"
#include "imaging/jpeg_planes.h"
#include "imaging/pictures.h"
#include "imaging/resample.h"
#include "methods/memo.h"
#include "nets/hourglass.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kSmallestSide = 8;
constexpr int64_t kPaddedSide = 64;  // what the hourglass's scales can work with
constexpr int64_t kWidth = 32, kInputChannels = 16;
constexpr int64_t kBytesPerPixel = 3600;
constexpr int64_t kRadius = 2;        // of the windows that tell edges from texture, in fitted pixels
constexpr double kFaint = 2 / 255.0;  // contrast below which there is nothing to strengthen
constexpr double kEdge = 0.09;        // contrast (standard deviation in a window) of an edge
constexpr double kLimit = 0.08;       // what a detail of any contrast adds at amount 1 is less
constexpr int64_t kLowBand = 16;      // side of the areas whose means stay, in pixels
constexpr int64_t kCoarse = 8;        // side of the pixels of the first base, in fitted pixels
constexpr double kInputNoise = 0.03;

struct Plan {
  int64_t pixels;  // of the version that is fitted
  Recipe recipe;
};

Plan plan_for(const std::string& quality, int64_t iterations, uint64_t seed) {
  Plan plan = {256 * 256, {0.01, 250, 0.95, seed, {}}};
  if (quality == "fast") {
    plan.pixels = 160 * 160;
    plan.recipe.iterations = 120;
  } else if (quality == "best") {
    plan.pixels = 512 * 512;
    plan.recipe.iterations = 500;
  }
  if (iterations > 0) plan.recipe.iterations = iterations;
  return plan;
}

Tensor plane_of(const Tensor& picture) { return picture.squeeze(0).squeeze(0); }

// Where `base`, a smoother version of `small`, leaves texture out, as lines over the luma itself: 1 x 2 x h x w, slope
// and offset. The slope is 0 where the base follows the picture, as a fit does along edges, where the picture has too
// little contrast to tell, and where it has so much that more would be a halo.
Tensor left_out(const Tensor& small, const Tensor& base) {
  const Tensor guide = plane_of(small);
  const LocalLines lines = fit_lines(guide, guide - plane_of(base), kRadius, kFaint * kFaint);
  const Tensor texture = lines.slope.clamp(0, 1) / (1 + (lines.variance / (kEdge * kEdge)).square());
  // About the local mean: where the base missed the tone of an area, that is no detail.
  const int64_t size = 2 * kRadius + 1;
  const Tensor mean = plane_of(torch::avg_pool2d(small, {size, size}, {1, 1}, {kRadius, kRadius}, false, false));
  return torch::stack({texture, -texture * mean}).unsqueeze(0);
}

// The detail of `luma`, 1 x 1 x H x W, by those lines: its amplitude is limited and its low band is none.
Tensor detail_of(const Tensor& luma, const Tensor& lines) {
  const Tensor wide = enlarge(lines, luma.size(2), luma.size(3));
  const Tensor all = wide.slice(1, 0, 1) * luma + wide.slice(1, 1, 2);
  Tensor detail = all / (1 + (all / kLimit).square()).sqrt();
  for (int pass = 0; pass < 2; ++pass) detail = detail - low_band(detail, kLowBand);
  return detail;
}

// The lines of an early-stopped fit of the small luma; `show` makes a picture of them.
Tensor fit_lines_of(const Tensor& small, const Plan& plan, const Resources& resources, Monitor& monitor,
                    const Show& show) {
  torch::manual_seed(plan.recipe.seed);
  const Tensor first = low_band(small, kCoarse), target = extended(small, kPaddedSide).to(resources.device);
  monitor.expect(plan.recipe.iterations, target.numel());
  monitor.show(show(left_out(small, first)));

  const auto network = std::make_shared<Hourglass>(HourglassOptions::uniform(kInputChannels, 4, kWidth, 4, 1));
  network->to(resources.device);
  const Tensor z = (torch::rand({1, kInputChannels, target.size(2), target.size(3)}) * 0.1).to(resources.device);
  const double reached = torch::mse_loss(first, small).item<double>();
  // A fit that explains the picture less well than a blur is no base yet.
  const auto lines = [&](const Tensor& estimate) {
    const Tensor base = estimate.slice(2, 0, small.size(2)).slice(3, 0, small.size(3)).to(torch::kCPU);
    return left_out(small, torch::mse_loss(base, small).item<double>() < reached ? base : first);
  };
  const Problem problem =
      Problem::single({network, z, kInputNoise}, [&](const Tensor& output) { return torch::mse_loss(output, target); });
  return lines(fit(problem, plan.recipe, monitor, [&](const Tensor& e) { return show(lines(e)); }).estimate);
}

}  // namespace

Tensor enhance_detail(Task& task) {
  const double amount = task.options.real("amount", 1, 0, 5);
  FitSettings settings = read_fit_settings(task.options);
  if (task.inputs.size() != 1) throw Error(PENTIMENTO_BAD_INPUT, _("Enhancing detail takes one picture."));
  const Tensor& input = task.inputs[0];
  if (std::min(input.size(2), input.size(3)) < kSmallestSide)
    throw Error(PENTIMENTO_BAD_INPUT, _("The picture is too small to enhance: it needs at least 8 pixels a side."));

  const InRange range = split_range(input);
  // The same is added to all channels, so that colours stay.
  const bool colour = range.picture.size(1) == 3;
  const Tensor luma = colour ? to_ycc(range.picture).slice(0, 0, 1).unsqueeze(0) : range.picture.mean(1, true);
  const Tensor clean = DctShrinkage(luma)(luma);  // noise is no detail
  const auto result = [&](const Tensor& lines) {
    return (range.picture + amount * detail_of(clean, lines)).clamp(0, 1);
  };
  const Plan plan = plan_for(settings.quality, settings.iterations, settings.seed);
  const Tensor lines = remembered(task, settings, {luma}, "enhance-detail", [&] {
    return with_less_memory(settings.resources, [&](const Resources& r) {
      task.monitor->forget();
      const Tensor small = fit_within(luma, std::min(plan.pixels, r.pixels(kBytesPerPixel)));
      return fit_lines_of(small, plan, r, *task.monitor, result);
    });
  });
  task.notice = settings.resources.notice;
  if (task.notice.empty() && range.repaired > 0)
    task.notice = _("Some samples of the picture were not numbers; they were filled from their surroundings.");
  return result(lines) + range.excess;
}

}  // namespace pentimento
