// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <limits>
#include <numbers>

#include "errors.h"
#include "imaging/dct_blocks.h"
#include "imaging/dct_shrinkage.h"
#include "imaging/metrics.h"
#include "imaging/noise.h"
#include "imaging/pictures.h"
#include "imaging/pnm.h"
#include "imaging/resample.h"
#include "imaging/tiles.h"

namespace pentimento {
namespace {

using torch::Tensor;

double at(const Tensor& t, int64_t c, int64_t y, int64_t x) {
  const auto clamp = [](int64_t i, int64_t n) { return i < 0 ? 0 : i >= n ? n - 1 : i; };
  return t[0][c][clamp(y, t.size(2))][clamp(x, t.size(3))].item<double>();
}

// Smooth, with edges: something that a classical method can restore.
Tensor scene(int64_t h, int64_t w) {
  const Tensor y = torch::linspace(0, 1, h).view({1, 1, h, 1}), x = torch::linspace(0, 1, w).view({1, 1, 1, w});
  const Tensor wave = 0.5 + 0.2 * torch::sin(9 * x + 4 * y);
  const Tensor disc = ((x - 0.5).square() + (y - 0.4).square() < 0.06).to(torch::kFloat);
  return torch::cat({wave, 0.8 * wave + 0.2 * disc, 0.3 + 0.4 * disc.expand_as(wave)}, 1).clamp(0, 1);
}

TEST(Lanczos, IsThePublishedKernelWithReplicatedEdges) {
  torch::manual_seed(0);
  const Tensor picture = torch::rand({1, 1, 16, 20});
  for (const int64_t factor : {2, 4}) {
    // Tap i = 1..4f of the published listing, at distance |i + 1/2 - (4f + 2) / 2| / f.
    std::vector<double> taps;
    double sum = 0;
    for (int64_t i = 1; i <= 4 * factor; ++i) {
      const double d = std::abs(static_cast<double>(i) + 0.5 - static_cast<double>(4 * factor + 2) / 2) /
                       static_cast<double>(factor);
      const double x = std::numbers::pi * d;
      taps.push_back(d == 0 ? 1 : 2 * std::sin(x) * std::sin(x / 2) / (x * x));
      sum += taps.back();
    }
    const Tensor got = lanczos_downsample(picture, factor, 2);
    const int64_t pad = (4 * factor - factor) / 2;
    for (int64_t y = 0; y < got.size(2); ++y)
      for (int64_t x = 0; x < got.size(3); ++x) {
        double expected = 0;
        for (size_t i = 0; i < taps.size(); ++i)
          for (size_t j = 0; j < taps.size(); ++j)
            expected +=
                taps[i] * taps[j] / (sum * sum) *
                at(picture, 0, y * factor + static_cast<int64_t>(i) - pad, x * factor + static_cast<int64_t>(j) - pad);
        ASSERT_NEAR(got[0][0][y][x].item<double>(), expected, 1e-5);
      }
  }
}

TEST(Lanczos, KeepsEveryPixelOfASizeThatDoesNotDivide) {
  EXPECT_EQ(lanczos_downsample(torch::rand({1, 3, 17, 22}), 4, 2).sizes(), (std::vector<int64_t>{1, 3, 5, 6}));
}

TEST(Resample, FitsWithinAndKeepsTheAspectAndTheMean) {
  const Tensor picture = scene(120, 80);
  const Tensor small = fit_within(picture, 600);
  EXPECT_LE(small.size(2) * small.size(3), 650);
  EXPECT_NEAR(static_cast<double>(small.size(2)) / static_cast<double>(small.size(3)), 1.5, 0.1);
  EXPECT_NEAR(small.mean().item<double>(), picture.mean().item<double>(), 2e-3);
  EXPECT_TRUE(fit_within(picture, 1 << 20).is_same(picture));
  EXPECT_EQ(fit_within(torch::rand({1, 1, 1, 5000}), 100).size(2), 1);
}

TEST(Noise, IsEstimatedWithinATenth) {
  torch::manual_seed(0);
  for (const double sigma : {0.02, 0.1}) {
    const Tensor noise = torch::randn({1, 2, 101, 90}) * torch::tensor({sigma, 2 * sigma}).view({1, 2, 1, 1});
    const Tensor got = estimate_noise(scene(101, 90).slice(1, 0, 2) + noise);
    EXPECT_NEAR(got[0].item<double>(), sigma, sigma / 10);
    EXPECT_NEAR(got[1].item<double>(), 2 * sigma, sigma / 5);
  }
  EXPECT_EQ(estimate_noise(torch::full({1, 1, 8, 8}, 0.5)).item<double>(), 0);
}

// The oracle: block by block, coefficient by coefficient, in double precision.
Tensor slow_shrinkage(const Tensor& plane, double sigma, double threshold, const Tensor& pilot) {
  const int64_t n = kDctBlock, h = plane.size(0), w = plane.size(1);
  const Tensor c = dct_matrix(n).to(torch::kDouble), in = plane.to(torch::kDouble);
  Tensor sum = torch::zeros({h, w}, torch::kDouble), weights = torch::zeros_like(sum);
  for (int64_t y = 0; y + n <= h; ++y)
    for (int64_t x = 0; x + n <= w; ++x) {
      const auto block = [&](const Tensor& t) { return t.slice(0, y, y + n).slice(1, x, x + n).to(torch::kDouble); };
      Tensor z = c.mm(block(in)).mm(c.t());
      Tensor gain = (z.abs() > threshold * sigma).to(torch::kDouble);
      gain[0][0] = 1;
      double weight = 1 / gain.sum().item<double>();
      if (pilot.defined()) {
        const Tensor power = c.mm(block(pilot)).mm(c.t()).square();
        gain = power / (power + sigma * sigma);
        weight = 1 / gain.square().sum().item<double>();
      }
      sum.slice(0, y, y + n).slice(1, x, x + n).add_(c.t().mm(z * gain).mm(c) * weight);
      weights.slice(0, y, y + n).slice(1, x, x + n).add_(weight);
    }
  return (sum / weights).to(torch::kFloat);
}

TEST(DctBlocks, AreShrunkAsTheDefinitionSays) {
  torch::manual_seed(5);
  for (const auto& [h, w] : std::vector<std::pair<int64_t, int64_t>>{{8, 8}, {9, 20}, {23, 11}, {40, 300}}) {
    const Tensor plane = scene(h, w)[0][0] + 0.1 * torch::randn({h, w});
    const Tensor first = shrink_blocks(plane, BlockNoise::white(0.1), 2.7, {});
    EXPECT_LT((first - slow_shrinkage(plane, 0.1, 2.7, {})).abs().max().item<double>(), 1e-4) << h << " x " << w;
    const Tensor second = shrink_blocks(plane, BlockNoise::white(0.1), 2.7, first);
    EXPECT_LT((second - slow_shrinkage(plane, 0.1, 2.7, first)).abs().max().item<double>(), 1e-4) << h << " x " << w;
  }
}

TEST(DctShrinkage, RemovesMostOfTheNoise) {
  torch::manual_seed(0);
  const Tensor clean = scene(64, 72), noisy = clean + 0.1 * torch::randn_like(clean);
  EXPECT_GT(psnr(DctShrinkage(noisy)(noisy), clean), psnr(noisy, clean) + 9);
}

TEST(DctShrinkage, LeavesAPictureWithoutNoiseAlone) {
  const Tensor flat = torch::full({1, 3, 20, 31}, 0.25);
  EXPECT_LT((DctShrinkage(flat)(flat) - flat).abs().max().item<double>(), 1e-5);
  const Tensor ramp = torch::linspace(0, 1, 40).view({1, 1, 1, 40}).expand({1, 3, 24, 40}).contiguous();
  EXPECT_LT((DctShrinkage(ramp)(ramp) - ramp).abs().max().item<double>(), 1e-3);
}

// Partly overlapping parts of a picture agree where no block crosses their rims.
TEST(DctShrinkage, RestoresPartsAsTheWhole) {
  torch::manual_seed(1);
  const Tensor noisy = scene(60, 60) + 0.05 * torch::randn({1, 3, 60, 60});
  const DctShrinkage shrinkage(noisy);
  const Tensor whole = shrinkage(noisy), part = shrinkage(noisy.slice(2, 10, 50).slice(3, 5, 55));
  const Tensor difference = part.slice(2, 16, 24).slice(3, 16, 34) - whole.slice(2, 26, 34).slice(3, 21, 39);
  EXPECT_LT(difference.abs().max().item<double>(), 1e-5);
}

class Tiles : public testing::TestWithParam<std::tuple<int, int, int, int>> {};

TEST_P(Tiles, CoverThePictureWithWeightsThatSumToOne) {
  const auto [h, w, pixels, overlap] = GetParam();
  Tensor sum = torch::zeros({1, 1, h, w});
  for (const Tile& t : plan_tiles(h, w, pixels, overlap)) {
    EXPECT_LE(t.height * t.width, std::max(pixels, 1));
    t.of(sum).add_(t.weight);
    EXPECT_GT(t.weight.min().item<float>(), 0);
  }
  EXPECT_LT((sum - 1).abs().max().item<double>(), 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Sizes, Tiles,
                         testing::Values(std::tuple(10, 10, 1000, 4), std::tuple(100, 80, 900, 8),
                                         std::tuple(31, 200, 961, 16), std::tuple(3, 500, 400, 16),
                                         std::tuple(65, 65, 64 * 64, 32), std::tuple(129, 64, 64 * 64, 32)));

TEST(Canvas, OfATiledPictureIsThePicture) {
  const Tensor picture = torch::rand({1, 3, 50, 70});
  Canvas canvas(torch::zeros_like(picture));
  const std::vector<Tile> tiles = plan_tiles(50, 70, 600, 8);
  ASSERT_GT(tiles.size(), 4u);
  for (const Tile& t : tiles) {
    const Tensor preview = canvas.with(t, t.of(picture));
    const Tensor before = canvas.picture().clone();
    EXPECT_TRUE(torch::equal(before, canvas.picture()));
    canvas.put(t, t.of(picture));
    EXPECT_TRUE(torch::equal(preview, canvas.picture()));
  }
  EXPECT_LT((canvas.picture() - picture).abs().max().item<double>(), 1e-5);
}

TEST(Pictures, ComeAndGoUnchanged) {
  std::vector<float> rows = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, back(12);
  const PentimentoPicture in = {2, 2, 3, rows.data()};
  PentimentoPicture out = {2, 2, 3, back.data()};
  const Tensor t = from_picture(in);
  EXPECT_EQ(t[0][1][1][0].item<float>(), 7);  // channel 1 of row 1, column 0
  to_picture(t, out);
  EXPECT_EQ(rows, back);
  EXPECT_THROW(from_picture({0, 2, 3, rows.data()}), Error);
  EXPECT_THROW(from_picture({2, 2, 3, nullptr}), Error);
  out.width = 1;
  EXPECT_THROW(to_picture(t, out), Error);
}

TEST(Pictures, CarryWhatIsOutOfRangeAround) {
  Tensor picture = torch::tensor({-0.5f, 0.25f, 1.75f, 1.0f}).view({1, 1, 2, 2});
  const InRange r = split_range(picture);
  EXPECT_TRUE(torch::equal(r.picture + r.excess, picture));
  EXPECT_EQ(r.picture.min().item<float>(), 0);
  EXPECT_EQ(r.picture.max().item<float>(), 1);
  EXPECT_EQ(r.repaired, 0);
}

TEST(Pictures, ReplaceWhatIsNoNumberByItsSurroundings) {
  Tensor picture = torch::full({1, 2, 9, 9}, 0.25);
  picture[0][0][4][4] = std::nanf("");
  picture[0][1][0][0] = std::numeric_limits<float>::infinity();
  const InRange r = split_range(picture);
  EXPECT_EQ(r.repaired, 2);
  EXPECT_LT((r.picture - 0.25).abs().max().item<double>(), 1e-5);
  EXPECT_EQ(r.excess.abs().max().item<float>(), 0);
  EXPECT_TRUE(torch::isfinite(split_range(torch::full({1, 1, 8, 8}, std::nanf(""))).picture).all().item<bool>());
}

TEST(Psnr, IsTenLogOfTheMeanSquare) {
  const Tensor a = torch::zeros({1, 1, 2, 2});
  EXPECT_NEAR(psnr(a + 0.1, a), 20, 1e-4);
  EXPECT_NEAR(psnr(a - 3, a + 0.1), 20, 1e-4);  // clamped first
}

TEST(Pnm, ReadsWhatItWroteAndRefusesTheRest) {
  const std::string path = testing::TempDir() + "pentimento.ppm";
  const Tensor picture = torch::arange(36, torch::kFloat).view({1, 3, 3, 4}) / 255;
  write_pnm(path, picture);
  EXPECT_LT((read_pnm(path) - picture).abs().max().item<double>(), 1e-6);
  {
    std::ofstream out(path, std::ios::binary);
    out << "P5\n# a comment\n2 1\n65535\n" << '\x80' << '\0' << '\xff' << '\xff';
  }
  EXPECT_NEAR(read_pnm(path)[0][0][0][0].item<double>(), 32768.0 / 65535, 1e-6);
  std::ofstream(path) << "P6 400 400 255\nshort";
  EXPECT_THROW(read_pnm(path), std::runtime_error);
  std::ofstream(path) << "P3 1 1 255 0 0 0";
  EXPECT_THROW(read_pnm(path), std::runtime_error);
  std::remove(path.c_str());
  EXPECT_THROW(read_pnm(path), std::runtime_error);
  EXPECT_THROW(write_pnm("/nowhere/at/all.ppm", picture), std::runtime_error);
}

}  // namespace
}  // namespace pentimento
