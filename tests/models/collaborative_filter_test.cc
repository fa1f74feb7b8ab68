// SPDX-License-Identifier: GPL-3.0-or-later
// Block matching and collaborative filtering against their definitions, written out slowly in double precision.
#include "imaging/collaborative_filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "imaging/block_matching.h"
#include "imaging/dct_blocks.h"
#include "imaging/dct_shrinkage.h"
#include "imaging/metrics.h"
#include "imaging/noise.h"

namespace pentimento {
namespace {

using torch::Tensor;

constexpr int64_t kN = kMatchedBlock, kReach = 19, kRim = kN - 1;

Tensor block(const Tensor& plane, int64_t y, int64_t x) { return plane.slice(0, y, y + kN).slice(1, x, x + kN); }

// Every block in reach, the most similar first.
std::vector<std::pair<double, Place>> sorted_blocks(const Tensor& plane, int64_t y, int64_t x, int64_t reach) {
  std::vector<std::pair<double, Place>> all;
  for (int64_t i = std::max<int64_t>(0, y - reach); i <= std::min(plane.size(0) - kN, y + reach); ++i)
    for (int64_t j = std::max<int64_t>(0, x - reach); j <= std::min(plane.size(1) - kN, x + reach); ++j)
      all.push_back({(block(plane, y, x) - block(plane, i, j)).square().sum().item<double>(),
                     {static_cast<int32_t>(i), static_cast<int32_t>(j)}});
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return all;
}

class BlockMatching : public testing::TestWithParam<std::pair<int, int>> {};

TEST_P(BlockMatching, FindsTheNearestInOrder) {
  torch::manual_seed(1);
  const auto [h, w] = GetParam();
  const Tensor plane = torch::rand({h, w});
  std::vector<int64_t> xs;
  for (int64_t x = 0; x + kN <= w; x += 5) xs.push_back(x);
  for (const int64_t y : {int64_t{0}, (h - kN) / 2, h - kN}) {
    std::vector<std::vector<Place>> groups;
    match_blocks(plane.const_data_ptr<float>(), h, w, y, xs, {4, 16}, groups);
    ASSERT_EQ(groups.size(), xs.size());
    for (size_t r = 0; r < xs.size(); ++r) {
      const auto all = sorted_blocks(plane.to(torch::kDouble), y, xs[r], 4);
      size_t size = 1;
      while (2 * size <= std::min<size_t>(16, all.size())) size *= 2;
      ASSERT_EQ(groups[r].size(), size);
      for (size_t i = 0; i < size; ++i) {
        EXPECT_EQ(groups[r][i].y, all[i].second.y) << "row " << y << ", reference " << r << ", block " << i;
        EXPECT_EQ(groups[r][i].x, all[i].second.x);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, BlockMatching,
                         testing::Values(std::pair(8, 8), std::pair(9, 12), std::pair(20, 31), std::pair(11, 300)));

// Rows: the Hadamard matrix of order n, not normalised.
Tensor hadamard(int64_t n) {
  Tensor h = torch::ones({1, 1}, torch::kDouble);
  while (h.size(0) < n) h = torch::cat({torch::cat({h, h}, 1), torch::cat({h, -h}, 1)}, 0);
  return h;
}

std::vector<int64_t> corners(int64_t length) {
  std::vector<int64_t> all;
  for (int64_t x = 0; x < length - kN; x += 3) all.push_back(x);
  all.push_back(length - kN);
  return all;
}

// One step over planes C x H x W in double.
Tensor slow_step(const Tensor& planes, const Tensor& sigma, const Tensor& pilot) {
  const Tensor c = dct_matrix(kN).to(torch::kDouble), kaiser = torch::kaiser_window(kN, false, 2.0, torch::kDouble);
  const Tensor taper = torch::outer(kaiser, kaiser);
  const Tensor compared = (pilot.defined() ? pilot : planes)[0];
  Tensor sums = torch::zeros_like(planes), weights = torch::zeros_like(planes);
  for (const int64_t y : corners(planes.size(1)))
    for (const int64_t x : corners(planes.size(2))) {
      const auto all = sorted_blocks(compared, y, x, kReach);
      size_t n = 1;
      while (2 * n <= std::min<size_t>(pilot.defined() ? 32 : 16, all.size())) n *= 2;
      const Tensor mix = hadamard(static_cast<int64_t>(n)) / std::sqrt(static_cast<double>(n));
      for (int64_t k = 0; k < planes.size(0); ++k) {
        const auto spectrum = [&](const Tensor& source) {
          std::vector<Tensor> stack;
          for (size_t b = 0; b < n; ++b)
            stack.push_back(c.mm(block(source[k], all[b].second.y, all[b].second.x)).mm(c.t()));
          return torch::einsum("ab,bij->aij", {mix, torch::stack(stack)});
        };
        const double s = sigma[k].item<double>();
        Tensor z = spectrum(planes), gain = (z.abs() > 2.7 * s).to(torch::kDouble);
        gain[0][0][0] = 1;
        if (pilot.defined()) {
          const Tensor power = spectrum(pilot).square();
          gain = power / (power + s * s);
        }
        const double weight = 1 / (gain.square().sum().item<double>() * s * s);
        z = torch::einsum("ab,aij->bij", {mix, z * gain});
        for (size_t b = 0; b < n; ++b) {
          const Place p = all[b].second;
          block(sums[k], p.y, p.x).add_(c.t().mm(z[static_cast<int64_t>(b)]).mm(c) * taper * weight);
          block(weights[k], p.y, p.x).add_(taper * weight);
        }
      }
    }
  return sums / weights;
}

Tensor mirrored(const Tensor& picture) {
  return torch::reflection_pad2d(decorrelate(picture), {kRim, kRim, kRim, kRim}).squeeze(0).to(torch::kDouble);
}

TEST(CollaborativeFilter, DoesWhatTheDefinitionSays) {
  torch::manual_seed(3);
  for (const int64_t channels : {1, 3}) {
    const Tensor noisy = 0.5 + 0.2 * torch::randn({1, channels, 11, 14});
    const Tensor planes = mirrored(noisy), sigma = estimate_noise(decorrelate(noisy)).to(torch::kDouble);
    const Tensor first = slow_step(planes, sigma, {}),
                 second = slow_step(planes, sigma, first.to(torch::kFloat).to(torch::kDouble));
    const Tensor expected =
        correlate(second.slice(1, kRim, -kRim).slice(2, kRim, -kRim).unsqueeze(0).to(torch::kFloat));
    const Tensor got = CollaborativeFilter(noisy)(noisy);
    EXPECT_LT((got - expected).abs().max().item<double>(), 1e-4) << channels << " channels";
  }
}

// A texture whose period no block holds: only similar blocks tell it from the noise.
Tensor texture(int64_t h, int64_t w) {
  const Tensor y = torch::arange(h).view({1, 1, h, 1}), x = torch::arange(w).view({1, 1, 1, w});
  return 0.3 + 0.4 * (((y * 7 + x * 3) % 11) < 4).to(torch::kFloat).expand({1, 3, h, w}).contiguous();
}

TEST(CollaborativeFilter, TellsRepeatedTextureFromNoise) {
  torch::manual_seed(0);
  const Tensor clean = texture(64, 72), noisy = clean + 0.1 * torch::randn_like(clean);
  EXPECT_GT(psnr(CollaborativeFilter(noisy)(noisy), clean), psnr(DctShrinkage(noisy)(noisy), clean) + 1);
}

TEST(CollaborativeFilter, LeavesAPictureWithoutNoiseAlone) {
  const Tensor flat = torch::full({1, 3, 20, 31}, 0.25);
  EXPECT_LT((CollaborativeFilter(flat)(flat) - flat).abs().max().item<double>(), 1e-5);
  const Tensor ramp = torch::linspace(0, 1, 40).view({1, 1, 1, 40}).expand({1, 3, 24, 40}).contiguous();
  EXPECT_LT((CollaborativeFilter(ramp)(ramp) - ramp).abs().max().item<double>(), 1e-3);
}

TEST(CollaborativeFilter, RestoresPartsAsTheWhole) {
  torch::manual_seed(1);
  const Tensor noisy = texture(150, 24) + 0.05 * torch::randn({1, 3, 150, 24});
  const CollaborativeFilter filter(noisy);
  // A pixel depends on the groups that its blocks are in, and these on what lies in their reach; in two steps.
  const int64_t cut = 141, same = cut - 4 * (kReach + kN - 1);
  const Tensor whole = filter(noisy), part = filter(noisy.slice(2, 0, cut));
  EXPECT_LT((part - whole.slice(2, 0, cut)).slice(2, 0, same).abs().max().item<double>(), 1e-4);
}

TEST(CollaborativeFilter, GivesTheSameBitsWhateverTheThreads) {
  torch::manual_seed(4);
  const Tensor noisy = texture(40, 37) + 0.1 * torch::randn({1, 3, 40, 37});
  const CollaborativeFilter filter(noisy);
  const int threads = torch::get_num_threads();
  torch::set_num_threads(1);
  const Tensor one = filter(noisy);
  torch::set_num_threads(3);
  const Tensor three = filter(noisy);
  torch::set_num_threads(threads);
  EXPECT_TRUE(torch::equal(one, three));
}

TEST(Noise, IsNotTakenFromTexture) {
  torch::manual_seed(2);
  Tensor picture = torch::rand({1, 1, 160, 160});
  picture.slice(3, 0, 40).fill_(0.5).add_(0.02 * torch::randn({1, 1, 160, 40}));
  EXPECT_NEAR(estimate_noise(picture).item<double>(), 0.02, 0.004);
}

TEST(Noise, IsNotTakenFromWhereThereIsNothing) {
  torch::manual_seed(2);
  Tensor picture = 0.5 + 0.1 * torch::randn({1, 1, 160, 160});
  picture.slice(3, 0, 60).fill_(1);
  EXPECT_NEAR(estimate_noise(picture).item<double>(), 0.1, 0.01);
}

// Half of the picture is too bright for the sensor: half of the noise is cut off there.
TEST(Noise, IsNotTakenFromWhereItIsClipped) {
  torch::manual_seed(2);
  Tensor picture = torch::full({1, 1, 160, 160}, 0.5);
  picture.slice(3, 0, 80).fill_(1);
  picture = (picture + 0.1 * torch::randn_like(picture)).clamp(0, 1);
  EXPECT_NEAR(estimate_noise(picture, clipped_samples(picture)).item<double>(), 0.1, 0.005);
  EXPECT_LT(estimate_noise(picture).item<double>(), 0.09);
}

}  // namespace
}  // namespace pentimento
