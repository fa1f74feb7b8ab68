// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>

#include "imaging/bicubic.h"
#include "imaging/resample.h"
#include "imaging/wavelet.h"
#include "measures/bit_budget.h"
#include "measures/null_space.h"
#include "measures/pyramid.h"
#include "measures/regression.h"
#include "measures/spread.h"

namespace pentimento {
namespace {

using torch::Tensor;

// Something like a photograph: noise of a 1/f spectrum, from its bands.
Tensor scene(int64_t channels, int64_t height, int64_t width, uint64_t seed) {
  torch::manual_seed(seed);
  Tensor sum = torch::zeros({1, channels, height, width});
  double scale = 1;
  for (const Tensor& band : wavelet_bands(torch::randn({1, channels, height, width}), 6)) {
    sum += scale * band;
    scale *= 1.9;
  }
  return (0.5 + 0.12 * sum / sum.std()).clamp(0, 1);
}

Tensor in_8_bits(const Tensor& picture) { return (picture * 255).round() / 255; }

BitBudget budget(const Tensor& result, const Tensor& original, const Tensor& features = {}, const Tensor& hole = {}) {
  return bit_budget(result, original, features, hole, [](double) {});
}

void expect_sums(const BitBudget& b) {
  ASSERT_EQ(b.bands.size(), static_cast<size_t>(kMeasuredBands));
  for (const BandBits& band : b.bands) {
    EXPECT_NEAR(band.retained + band.extracted + band.invented, 1, 1e-6);
    EXPECT_GE(band.bits, 0);
    EXPECT_TRUE(std::isfinite(band.redundancy));
  }
  EXPECT_LT((b.shares.sum(1) - 1).abs().max().item<double>(), 1e-5);
  EXPECT_GE(b.shares.min().item<double>(), -1e-5);
}

TEST(MeasuredBands, AreThoseOfTheWaveletTransformAtEverySecondPlace) {
  const Tensor picture = scene(1, 128, 96, 1);
  const std::vector<Tensor> slow = wavelet_bands(picture, kMeasuredBands), fast = measured_bands(picture[0][0]);
  for (int64_t b = 0; b < kMeasuredBands; ++b) {
    const int64_t step = int64_t{1} << b, margin = (int64_t{4} << b) / step;  // beyond what the edges do
    const Tensor expected = slow[static_cast<size_t>(b)][0][0].slice(0, 0, {}, step).slice(1, 0, {}, step);
    const Tensor difference = (fast[static_cast<size_t>(b)] - expected).abs();
    if (difference.size(0) <= 2 * margin || difference.size(1) <= 2 * margin) continue;
    EXPECT_LT(difference.slice(0, margin, -margin).slice(1, margin, -margin).max().item<double>(), 1e-5) << b;
  }
}

TEST(Regression, IsThatOfATextbook) {
  torch::manual_seed(2);
  const int64_t n = 200, copy = 4, beyond = 3, features = 2;
  Tensor rows = torch::randn({copy + beyond + features + 1, n}, torch::kDouble);
  rows[0].fill_(1);
  rows[4] += 2 * rows[2];  // what is beyond the copy is partly in it
  rows[7] += rows[1];      // and so is a feature
  rows[9] = rows[1] + 0.5 * rows[4] - rows[8] + 0.3 * rows[7] + 0.2 * rows[9];
  const Explained got = explain(rows, {copy, beyond, features});

  const Tensor y = rows[9].unsqueeze(1);
  const auto left = [&](const Tensor& a) {
    const Tensor solution = std::get<0>(torch::linalg_lstsq(a.t(), y, c10::nullopt, c10::nullopt));
    return ((y - torch::mm(a.t(), solution)).square().sum() / (n - a.size(0))).item<double>();
  };
  const Tensor c = rows.narrow(0, 0, copy), b = rows.narrow(0, copy, beyond), f = rows.narrow(0, 7, features);
  const Tensor coefficients = std::get<0>(torch::linalg_lstsq(c.t(), b.t(), c10::nullopt, c10::nullopt));
  const Tensor orthogonal = b - torch::mm(coefficients.t(), c);
  EXPECT_NEAR(got.total, left(c.narrow(0, 0, 1)), 1e-6);
  EXPECT_NEAR(got.copy, left(c), 1e-6);
  EXPECT_NEAR(got.abstract, left(torch::cat({c.narrow(0, 0, 1), orthogonal, f})), 1e-6);
  EXPECT_NEAR(got.both, left(torch::cat({c, b, f})), 1e-6);
  EXPECT_NEAR(got.residuals[3].square().sum().item<double>() / (n - 9), got.both, 1e-12);
}

TEST(Regression, BearsRegressorsThatSayTheSameOrNothing) {
  torch::manual_seed(3);
  Tensor rows = torch::randn({6, 50}, torch::kDouble);
  rows[0].fill_(1);
  rows[2] = rows[1];
  rows[3].zero_();
  rows[5] = 3 * rows[1];
  const Explained got = explain(rows, {3, 1, 1});
  EXPECT_LT(got.copy, 1e-6);
  EXPECT_LT(got.both, 1e-6);
  EXPECT_GT(got.total, 1);
}

TEST(BitBudget, OfACopyIsAllRetained) {
  const Tensor picture = scene(3, 90, 140, 4);
  const BitBudget got = budget(picture.clone(), picture);
  expect_sums(got);
  for (const BandBits& band : got.bands) EXPECT_EQ(band.retained, 1);
  EXPECT_EQ(got.shares.select(1, 2).max().item<double>(), 0);
  EXPECT_GT(got.bands[0].bits, 1);
}

TEST(BitBudget, CallsFilteringAndToneRetained) {
  const Tensor picture = in_8_bits(scene(3, 192, 192, 5));
  const Tensor blurred = b_spline(picture[0]).unsqueeze(0), curve = picture * picture * (3 - 2 * picture);
  for (const Tensor& result : {blurred, curve}) {
    const BitBudget got = budget(in_8_bits(result), picture);
    expect_sums(got);
    for (const BandBits& band : got.bands) EXPECT_GT(band.retained, 0.95);
    EXPECT_LT(got.shares.select(1, 2).mean().item<double>(), 0.02);
  }
}

TEST(BitBudget, FindsHardlyAnythingInTheFinestBandOfABicubicEnlargement) {
  const Tensor picture = scene(1, 192, 192, 6), small = bicubic(picture, 0.25), large = bicubic(small, 4);
  const BitBudget own = budget(picture, picture), got = budget(large, large);
  EXPECT_GT(own.bands[0].bits, 3);
  EXPECT_LT(got.bands[0].bits, own.bands[0].bits - 3);  // an eighth of the amplitude
}

TEST(BitBudget, RecoversTheBitsOfNoise) {
  const int64_t side = 512;
  const Tensor picture = 0.25 + 0.5 * scene(1, side, side, 7);
  torch::manual_seed(8);
  const double sigma = 0.15;
  const Tensor noise = sigma * torch::randn({1, 1, side, side});
  const BitBudget got = budget(picture + noise, picture);
  expect_sums(got);
  // The gain of a band's filter for white noise is the energy of its answer to a single pixel.
  Tensor pixel = torch::zeros({1, 1, 257, 257});
  pixel[0][0][128][128] = 1;
  const std::vector<Tensor> answers = wavelet_bands(pixel, kMeasuredBands), drawn = measured_bands(noise[0][0]);
  for (size_t b = 0; b < got.bands.size(); ++b) {
    const auto bits = [](double variance) { return 0.5 * std::log2(variance * 255 * 255 * 12); };
    const double invented = got.bands[b].bits * got.bands[b].invented;
    // Of the coarsest there are 1024 coefficients: what was drawn differs from what is drawn on average.
    EXPECT_NEAR(invented, bits(drawn[b].var().item<double>()), 0.05) << b;
    if (b < 4) {
      EXPECT_NEAR(invented, bits(sigma * sigma * answers[b].square().sum().item<double>()), 0.05) << b;
    }
  }
}

TEST(BitBudget, CallsAFilledHoleInventedAndNothingElse) {
  const Tensor picture = in_8_bits(scene(3, 128, 160, 9));
  Tensor hole = torch::zeros({128, 160}, torch::kBool);
  hole.slice(0, 40, 80).slice(1, 60, 110).fill_(true);
  torch::manual_seed(10);
  const Tensor noise = torch::rand({1, 3, 128, 160}), grey = torch::full({1, 3, 128, 160}, 0.5);
  for (const Tensor& filling : {noise, grey}) {
    const Tensor result = torch::where(hole, filling, picture);
    const Tensor known = budget(result, picture, {}, hole).shares.select(1, 2)[0];
    EXPECT_TRUE(torch::equal(known, hole.to(torch::kFloat)));
    const BitBudget unknown = budget(result, picture);
    expect_sums(unknown);
    const Tensor share = unknown.shares.select(1, 2)[0];
    EXPECT_GT(share.masked_select(hole).mean().item<double>(), 0.75);
    EXPECT_EQ(share.masked_select(hole.logical_not()).max().item<double>(), 0);
  }
}

TEST(BitBudget, CallsExtractedWhatFeaturesTellUnlessTheyAreShuffled) {
  const Tensor picture = scene(1, 256, 256, 11), other = scene(1, 256, 256, 12);
  const Tensor features = torch::cat({other[0], scene(1, 256, 256, 13)[0]});
  const Tensor result = 0.5 * picture + 0.5 * other;
  const BitBudget got = budget(result, picture, features);
  expect_sums(got);
  torch::manual_seed(14);
  const BitBudget shuffled = budget(result, picture, features.index_select(1, torch::randperm(256)));
  for (size_t b = 0; b < 4; ++b) {
    EXPECT_GT(got.bands[b].extracted, 0.2) << b;
    EXPECT_LT(got.bands[b].invented, 0.1) << b;
    EXPECT_LT(shuffled.bands[b].extracted, 0.02) << b;
    EXPECT_GT(shuffled.bands[b].invented, 0.3) << b;
  }
}

TEST(BitBudget, TakesPicturesOfAnySize) {
  for (const auto& [h, w] :
       {std::pair<int64_t, int64_t>{1, 1}, {1, 7}, {2, 2}, {5, 3}, {17, 68}, {33, 33}, {200, 50}}) {
    torch::manual_seed(15);
    const Tensor picture = torch::rand({1, 3, h, w}), other = torch::rand({1, 3, h, w});
    expect_sums(budget(other, picture));
    expect_sums(budget(torch::zeros_like(picture), picture));
    expect_sums(budget(picture, torch::zeros_like(picture)));
    expect_sums(budget(torch::zeros_like(picture), torch::zeros_like(picture)));
  }
}

TEST(BitBudget, IsTheSameOnAnyNumberOfThreads) {
  const Tensor picture = scene(1, 300, 520, 16), other = scene(1, 300, 520, 17);
  const int threads = torch::get_num_threads();
  torch::set_num_threads(1);
  const BitBudget one = budget(other, picture);
  torch::set_num_threads(2);
  const BitBudget two = budget(other, picture);
  torch::set_num_threads(threads);
  EXPECT_EQ(one.bands[0].invented, two.bands[0].invented);
  EXPECT_LT((one.shares - two.shares).abs().max().item<double>(), 1e-5);
}

// The pseudo-inverse of the operator as a whole, from what it makes of every pixel.
TEST(NullSpace, IsThatOfThePseudoInverse) {
  const Tensor result = scene(1, 12, 15, 18);
  for (const auto& [shrinking, factor] :
       {std::pair<Shrinking, int64_t>{Shrinking::kLanczos, 3}, {Shrinking::kMean, 2}}) {
    const auto shrunk = [&, s = shrinking, f = factor](const Tensor& t) {
      return s == Shrinking::kLanczos ? lanczos_downsample(t, f, 2)
                                      : torch::avg_pool2d(t, f, f, 0, true, /*count_include_pad=*/false);
    };
    const Tensor units = torch::eye(12 * 15).view({12 * 15, 1, 12, 15});
    const Tensor a = shrunk(units).flatten(1).t().to(torch::kDouble);
    const Tensor y = result.flatten().to(torch::kDouble);
    const Tensor lost = (y - torch::mv(torch::linalg_pinv(a), torch::mv(a, y))).to(torch::kFloat).view({12, 15});
    const Tensor small = shrunk(result) + 3.0 / 255;
    const NullSpace got = null_space(result, small, shrinking, factor);
    EXPECT_NEAR(got.inconsistency, 3, 1e-3);
    const std::vector<Tensor> bands = measured_bands(result[0][0]), part = measured_bands(lost);
    for (size_t b = 0; b < 4; ++b)  // the last band holds one coefficient, which is zero
      EXPECT_NEAR(got.bands[b], (part[b].square().sum() / bands[b].square().sum()).item<double>(), 1e-3) << b;
  }
}

TEST(NullSpace, HoldsNothingOfWhatIsWithinTheRangeAndAllOfAHole) {
  const Tensor small = scene(1, 20, 30, 19);
  const Tensor large = torch::upsample_nearest2d(small, {40, 60});
  EXPECT_LT(null_space(large, small, Shrinking::kMean, 2).all, 1e-6);
  EXPECT_GT(null_space(scene(1, 40, 60, 20), small, Shrinking::kMean, 2).bands[0], 0.3);
  Tensor hole = torch::ones({40, 60}, torch::kBool);
  EXPECT_NEAR(null_space_of_hole(large, hole).all, 1, 1e-6);
  EXPECT_EQ(null_space_of_hole(large, hole.logical_not()).all, 0);
}

TEST(Spread, IsTheStandardDeviationOverSeeds) {
  const Tensor picture = scene(1, 64, 64, 21);
  const auto noisy = [&](int64_t seed) {
    torch::manual_seed(static_cast<uint64_t>(seed));
    return picture + 2.0 / 255 * torch::randn({1, 1, 64, 64});
  };
  const Spread got = spread(6, noisy);
  EXPECT_NEAR(got.all, 2, 0.1);
  EXPECT_GT(got.bands[0], 4 * got.bands[3]);
  EXPECT_EQ(spread(3, [&](int64_t) { return picture; }).all, 0);
  EXPECT_TRUE(spread(3, [&](int64_t seed) { return seed == 0 ? picture : Tensor(); }).bands.empty());
}

}  // namespace
}  // namespace pentimento
