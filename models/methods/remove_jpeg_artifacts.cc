// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/remove_jpeg_artifacts.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "errors.h"
#include "fit/loop.h"
#include "imaging/jpeg_blockiness.h"
#include "imaging/jpeg_quantised.h"
#include "imaging/jpeg_shrinkage.h"
#include "imaging/jpeg_traces.h"
#include "imaging/pictures.h"
#include "imaging/resample.h"
#include "imaging/tiles.h"
#include "nets/hourglass.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kSmallestSide = 8;
constexpr int64_t kUnit = 16;        // pixels a side that hold whole blocks of every sampling
constexpr int64_t kPaddedSide = 64;  // what the hourglass's scales can work with
constexpr int64_t kOverlap = 32;
constexpr double kWidth = 0.3;      // of the set that the fit is drawn into, in steps
constexpr double kLastWidth = 0.4;  // and of the one the result is projected onto
// How far outside that set, in quantisation noise, a fit may lie before it counts for nothing, and for all it may.
constexpr double kUnripe = 0.03, kRipe = 0.001;
constexpr double kShare = 0.5;     // of the result is the fit's at most; its errors are other ones than the guide's
constexpr int64_t kToneBand = 32;  // pixels
constexpr double kInputNoise = 1.0 / 30;
constexpr int64_t kBytesPerPixel = 3600;

struct Plan {
  int64_t width;
  Recipe recipe;                 // of the first tile
  int64_t next_tile_iterations;  // of the others, whose network starts from the one before
  int64_t tile_pixels;           // at most, on a CPU
};

Plan plan_for(const std::string& quality, int64_t iterations, uint64_t seed) {
  Plan plan = {32, {0.005, 400, 0.97, seed, {}}, 100, 288 * 288};
  if (quality == "fast") {
    plan.recipe.iterations = 120;
    plan.recipe.averaging = 0.95;
    plan.next_tile_iterations = 30;
  } else if (quality == "best") {
    plan.width = 64;
    plan.recipe.iterations = 1500;
    plan.recipe.averaging = 0.99;
    plan.next_tile_iterations = 600;
    plan.tile_pixels = 1024 * 1024;
  }
  if (iterations > 0) plan.recipe.iterations = plan.next_tile_iterations = iterations;
  return plan;
}

// A rectangle of whole units.
struct Region {
  int64_t top, left, height, width;

  // The smallest around `tile` in a picture of height x width that the hourglass can work with.
  static Region around(const Tile& tile, int64_t height, int64_t width) {
    const auto span = [](int64_t start, int64_t length, int64_t all) {
      const int64_t end = std::min(all, std::max(start / kUnit * kUnit + kPaddedSide, start + length));
      const int64_t first = std::min(start, end - kPaddedSide) / kUnit * kUnit;
      return std::pair(first, (end + kUnit - 1) / kUnit * kUnit - first);
    };
    const auto [y, h] = span(tile.top, tile.height, height);
    const auto [x, w] = span(tile.left, tile.width, width);
    return {y, x, h, w};
  }
  Tensor of(const Tensor& picture) const { return picture.slice(2, top, top + height).slice(3, left, left + width); }
};

class Cleaning {
 public:
  Cleaning(Monitor& monitor, const Plan& plan, const Resources& resources)
      : monitor_(monitor), plan_(plan), resources_(resources) {
    torch::manual_seed(plan.recipe.seed);
  }

  Tensor operator()(const QuantisedPicture& picture, const std::function<Tensor(const Tensor&)>& finish) {
    const Tensor& decoded = picture.decoded();
    const int64_t height = decoded.size(2), width = decoded.size(3);
    const int64_t tile_pixels = resources_.tile_pixels(kBytesPerPixel, plan_.tile_pixels);
    const std::vector<Tile> tiles = plan_tiles(height, width, tile_pixels, kOverlap);
    for (const Tile& tile : tiles) {
      const Region region = Region::around(tile, height, width);
      monitor_.expect(iterations(&tile == tiles.data()), region.height * region.width);
    }
    Canvas canvas(shrink_jpeg(picture).clamp(0, 1));
    monitor_.show(finish(canvas.picture()));
    for (const Tile& tile : tiles) {
      if (monitor_.keep()) break;
      const Region region = Region::around(tile, height, width);
      const auto inner = [&](const Tensor& estimate) {
        return estimate.slice(2, tile.top - region.top, tile.top - region.top + tile.height)
            .slice(3, tile.left - region.left, tile.left - region.left + tile.width);
      };
      const auto show = [&](const Tensor& estimate) { return finish(canvas.with(tile, inner(estimate))); };
      const QuantisedPicture part = picture.part(region.top, region.left, region.height, region.width);
      canvas.put(tile, inner(fit_part(part, region.of(canvas.base()), &tile == tiles.data(), show)));
    }
    return finish(canvas.picture());
  }

 private:
  int64_t iterations(bool first) const { return first ? plan_.recipe.iterations : plan_.next_tile_iterations; }

  Tensor fit_part(const QuantisedPicture& part, const Tensor& guide, bool first, const Show& show) {
    const int64_t channels = guide.size(1);
    if (!network_) {
      network_ = std::make_shared<Hourglass>(HourglassOptions::uniform(channels, 4, plan_.width, 4, channels));
      network_->to(resources_.device);
    }
    Recipe recipe = plan_.recipe;
    recipe.iterations = iterations(first);
    // Adam's first steps are of full size: smaller ones, so that they do not undo what the network knows already.
    if (!first) recipe.learning_rate *= 0.4;

    double noise = 1e-12;
    for (const QuantisedPicture::Plane& plane : part.planes()) noise += quantisation_noise(plane).mean().item<double>();
    const auto judge = [&](const Tensor& estimate) {
      const Tensor fitted = estimate.to(torch::kCPU).contiguous();
      const double outside = part.distance(fitted, kWidth).item<double>() / noise;
      const double share = kShare * std::clamp((kUnripe - outside) / (kUnripe - kRipe), 0.0, 1.0);
      return share > 0 ? part.project(torch::lerp(guide, fitted, share), kLastWidth).clamp(0, 1) : guide;
    };
    const QuantisedPicture allowed = part.to(resources_.device);
    const Problem problem = Problem::single({network_, guide.to(resources_.device), kInputNoise},
                                            [&](const Tensor& output) { return allowed.distance(output, kWidth); });
    return judge(fit(problem, recipe, monitor_, [&](const Tensor& e) { return show(judge(e)); }).estimate);
  }

  Monitor& monitor_;
  const Plan& plan_;
  const Resources& resources_;
  std::shared_ptr<Hourglass> network_;
};

}  // namespace

Tensor remove_jpeg_artifacts(Task& task) {
  FitSettings settings = read_fit_settings(task.options);
  if (task.inputs.size() != 1) throw Error(PENTIMENTO_BAD_INPUT, _("Removing JPEG artifacts takes one picture."));
  const Tensor& input = task.inputs[0];
  if (std::min(input.size(2), input.size(3)) < kSmallestSide)
    throw Error(PENTIMENTO_BAD_INPUT,
                _("The picture is too small to remove JPEG artifacts: it needs at least 8 pixels a side."));

  const InRange range = split_range(input);
  const bool grey = is_grey(range.picture);
  const Tensor picture = grey ? range.picture.slice(1, 0, 1) : range.picture;
  std::optional<JpegTraces> traces = find_jpeg(picture);
  const bool edited = !traces;
  if (edited) traces = find_blocks(picture);
  if (!traces) {
    task.notice = _("No traces of JPEG compression were found; the picture was left as it is.");
    return range.picture + range.excess;
  }

  // Whole units from the first pixel on.
  const int64_t h = picture.size(2), w = picture.size(3);
  const auto before = [](int64_t start) { return (kUnit - start % kUnit) % kUnit; };
  const auto after = [](int64_t start, int64_t length) {
    return std::max(kPaddedSide, (start + length + kUnit - 1) / kUnit * kUnit) - start - length;
  };
  const int64_t top = before(traces->top), left = before(traces->left);
  const Tensor whole = torch::replication_pad2d(picture, {left, after(left, w), top, after(top, h)});
  const QuantisedPicture quantised(whole, *traces);
  const Plan plan = plan_for(settings.quality, settings.iterations, settings.seed);
  // Over many blocks the errors of quantisation cancel out: there the decoded tone is the right one.
  const auto finish = [&](const Tensor& p) {
    Tensor kept = p;
    for (int pass = 0; pass < 2; ++pass) kept = kept + low_band(whole - kept, kToneBand);
    return kept.slice(2, top, top + h).slice(3, left, left + w).clamp(0, 1).contiguous();
  };
  const Tensor result = with_less_memory(settings.resources, [&](const Resources& r) {
    task.monitor->forget();
    return Cleaning(*task.monitor, plan, r)(quantised, finish);
  });
  task.notice = settings.resources.notice;
  if (task.notice.empty()) {
    const std::string found =
        edited ? _("Blocks of JPEG compression were found, which begin at pixel %s; the picture was edited since.")
               : pentimento::format(
                     _("JPEG compression of about quality %s was found; its blocks of 8 by 8 begin at pixel %s."),
                     std::to_string(traces->quality));
    task.notice =
        pentimento::format(found.c_str(), std::to_string(traces->left % 8) + ", " + std::to_string(traces->top % 8));
  }
  return result.expand_as(input) + range.excess;
}

}  // namespace pentimento
