// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/super_resolution.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "errors.h"
#include "imaging/back_projection.h"
#include "imaging/resample.h"
#include "method_run.h"

namespace pentimento {
namespace {

using torch::Tensor;

Tensor scene(int64_t h, int64_t w) {
  const Tensor y = torch::arange(h, torch::kFloat).view({1, 1, h, 1}), x = torch::arange(w, torch::kFloat);
  const Tensor wave = 0.5 + 0.2 * torch::sin(0.31 * x + 0.2 * y);
  const Tensor edge = (x + 0.6 * y > 0.7 * static_cast<double>(w)).to(torch::kFloat);
  return torch::cat({wave, 0.7 * wave + 0.2 * edge, 0.3 + 0.4 * edge}, 1).expand({1, 3, h, w}).contiguous();
}

// Lanczos-2 by its definition: every small sample is a weighted mean around the centre of its block.
double slow_lanczos(const Tensor& large, int64_t c, int64_t y, int64_t x, int64_t factor) {
  const auto f = static_cast<double>(factor);
  const double center_y = (static_cast<double>(y) + 0.5) * f - 0.5, center_x = (static_cast<double>(x) + 0.5) * f - 0.5;
  const auto weight = [f](double distance) {
    const double d = std::abs(distance) / f, a = std::numbers::pi * d;
    return d >= 2 ? 0.0 : d < 1e-9 ? 1.0 : 2 * std::sin(a) * std::sin(a / 2) / (a * a);
  };
  const auto clamp = [](int64_t i, int64_t n) { return i < 0 ? 0 : i >= n ? n - 1 : i; };
  double sum = 0, weights = 0;
  for (int64_t v = (y - 2) * factor; v < (y + 3) * factor; ++v)
    for (int64_t u = (x - 2) * factor; u < (x + 3) * factor; ++u) {
      const double k = weight(static_cast<double>(v) - center_y) * weight(static_cast<double>(u) - center_x);
      sum += k * large[0][c][clamp(v, large.size(2))][clamp(u, large.size(3))].item<double>();
      weights += k;
    }
  return sum / weights;
}

double largest(const Tensor& t) { return t.abs().max().item<double>(); }

TEST(Lanczos, IsCentredOnItsBlockForEveryFactor) {
  torch::manual_seed(2);
  for (int64_t factor = 2; factor <= 8; ++factor) {
    const Tensor large = torch::rand({1, 1, 3 * factor, 4 * factor});
    const Tensor small = lanczos_downsample(large, factor, 2);
    ASSERT_EQ(small.sizes(), (std::vector<int64_t>{1, 1, 3, 4}));
    for (int64_t y = 0; y < 3; ++y)
      for (int64_t x = 0; x < 4; ++x)
        ASSERT_NEAR(small[0][0][y][x].item<double>(), slow_lanczos(large, 0, y, x, factor), 1e-5) << factor;
  }
}

TEST(SparseEnlargement, IsBetterThanBicubicOnAnEdge) {
  const Tensor large = scene(64, 96), small = lanczos_downsample(large, 4, 2);
  const Tensor bicubic = enlarge_bicubic(small, 4), sparse = enlarge_sparsely(small, 4, [] { return true; });
  EXPECT_LT(torch::mse_loss(sparse, large).item<double>(), 0.9 * torch::mse_loss(bicubic, large).item<double>());
}

TEST(SuperResolution, ScaledDownIsTheInputAgain) {
  const Tensor small = scene(20, 17);
  for (const int64_t factor : {2, 3, 4, 8}) {
    const Tensor result =
        run_method("super-resolution", {small}, {{"scale", static_cast<double>(factor)}, {"iterations", 4}});
    ASSERT_EQ(result.sizes(), (std::vector<int64_t>{1, 3, 20 * factor, 17 * factor}));
    for (int64_t c = 0; c < 3; ++c)
      for (const auto& [y, x] : std::vector<std::pair<int64_t, int64_t>>{{0, 0}, {9, 8}, {10, 12}, {19, 16}, {3, 0}})
        EXPECT_NEAR(slow_lanczos(result, c, y, x, factor), small[0][c][y][x].item<double>(), 0.5 / 255) << factor;
  }
}

TEST(SuperResolution, EveryQualityStaysInRangeAndConsistent) {
  const Tensor small = scene(18, 16);
  for (const char* quality : {"fast", "balanced", "best"}) {
    const Tensor result = run_method("super-resolution", {small}, {{"scale", 2}, {"iterations", 2}}, quality);
    EXPECT_LT(largest(lanczos_downsample(result, 2, 2) - small), 1.0 / 255) << quality;
    EXPECT_GE(result.min().item<float>(), 0);
    EXPECT_LE(result.max().item<float>(), 1);
  }
}

TEST(SuperResolution, TakesEverySize) {
  for (const auto& [h, w] : std::vector<std::pair<int64_t, int64_t>>{{1, 1}, {1, 40}, {3, 5}, {4, 4}, {5, 33}})
    for (const int64_t factor : {2, 3, 8}) {
      const Tensor flat = torch::full({1, 3, h, w}, 0.4);
      const Tensor result =
          run_method("super-resolution", {flat}, {{"scale", static_cast<double>(factor)}, {"iterations", 1}});
      ASSERT_EQ(result.sizes(), (std::vector<int64_t>{1, 3, h * factor, w * factor}));
      EXPECT_LT(largest(result - 0.4), 1.0 / 255) << h << " x " << w << " by " << factor;
    }
}

TEST(SuperResolution, TilesMeetWithoutASeam) {
  const Tensor small = scene(150, 150);  // 4 x 4 times as large: several tiles
  const Tensor result = run_method("super-resolution", {small}, {{"scale", 4}, {"iterations", 1}});
  EXPECT_LT(largest(lanczos_downsample(result, 4, 2) - small), 1.0 / 255);
}

TEST(SuperResolution, KeepsGreyGreyAndRepeatsItself) {
  torch::manual_seed(3);
  const Tensor small = torch::rand({1, 1, 16, 16}).expand({1, 3, 16, 16});
  const std::map<std::string, double> options = {{"scale", 2}, {"iterations", 60}, {"seed", 5}};
  const Tensor a = run_method("super-resolution", {small}, options),
               b = run_method("super-resolution", {small}, options),
               c = run_method("super-resolution", {small}, {{"scale", 2}, {"iterations", 60}, {"seed", 6}});
  EXPECT_TRUE(torch::equal(a.select(1, 0), a.select(1, 1)) && torch::equal(a.select(1, 0), a.select(1, 2)));
  EXPECT_TRUE(torch::equal(a, b));
  EXPECT_FALSE(torch::equal(a, c));
}

TEST(SuperResolution, CarriesWhatIsOutOfRangeAndRepairsWhatIsNoNumber) {
  Tensor small = torch::full({1, 3, 16, 16}, 0.5);
  small.slice(2, 4, 12).slice(3, 4, 12) = 3.0;
  small[0][1][0][15] = std::numeric_limits<float>::quiet_NaN();
  std::string notice;
  const Tensor result = run_method(
      "super-resolution", {small}, {{"scale", 2}, {"iterations", 1}}, "fast",
      [](const Snapshot&) { return Answer::kContinue; }, &notice);
  EXPECT_NEAR(result[0][0][16][16].item<double>(), 3.0, 0.02);
  EXPECT_NEAR(result[0][1][1][30].item<double>(), 0.5, 0.02);
  EXPECT_NE(notice, "");
}

TEST(SuperResolution, IsKeptAndCancelledAtOnce) {
  const Tensor small = scene(16, 16);
  const std::map<std::string, double> options = {{"scale", 2}, {"iterations", 100000}};
  const Tensor kept =
      run_method("super-resolution", {small}, options, "best", [](const Snapshot&) { return Answer::kKeep; });
  EXPECT_LT(largest(lanczos_downsample(kept, 2, 2) - small), 1.0 / 255);
  EXPECT_THROW(
      run_method("super-resolution", {small}, options, "best", [](const Snapshot&) { return Answer::kCancel; }),
      Cancelled);
}

TEST(SuperResolution, RefusesOtherScales) {
  for (const double scale : {1.0, 9.0, 2.5})
    EXPECT_THROW(run_method("super-resolution", {scene(16, 16)}, {{"scale", scale}}), Error) << scale;
  EXPECT_THROW(run_method("super-resolution", {scene(16, 16), scene(16, 16)}, {{"scale", 2}}), Error);
}

}  // namespace
}  // namespace pentimento
