// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "imaging/color_mixture.h"
#include "imaging/foreground_cut.h"
#include "imaging/geodesic.h"
#include "imaging/graph_cut.h"
#include "imaging/saliency.h"
#include "losses/region_loss.h"

namespace pentimento {
namespace {

using torch::Tensor;

struct Neighbour {
  int64_t f, y, x;
};
constexpr Neighbour kNeighbours[kTies] = {{0, 0, 1}, {0, 1, 0}, {0, 1, 1}, {0, 1, -1}, {1, 0, 0}};

double energy(const Tensor& labels, const Tensor& cost, const Tensor& ties) {
  const int64_t n = cost.size(0), h = cost.size(2), w = cost.size(3);
  const auto l = labels.accessor<float, 4>(), c = cost.accessor<float, 4>(), t = ties.accessor<float, 4>();
  double sum = 0;
  for (int64_t f = 0; f < n; ++f)
    for (int64_t y = 0; y < h; ++y)
      for (int64_t x = 0; x < w; ++x) {
        sum += l[f][0][y][x] * c[f][0][y][x];
        for (int64_t k = 0; k < kTies; ++k) {
          const int64_t of = f + kNeighbours[k].f, oy = y + kNeighbours[k].y, ox = x + kNeighbours[k].x;
          if (of < n && oy < h && ox >= 0 && ox < w && l[f][0][y][x] != l[of][0][oy][ox]) sum += t[f][k][y][x];
        }
      }
  return sum;
}

TEST(GraphCut, FindsTheBestOfAllLabellings) {
  torch::manual_seed(4);
  for (const std::vector<int64_t>& shape : {std::vector<int64_t>{1, 3, 4}, {2, 2, 3}, {3, 1, 4}, {1, 1, 1}})
    for (int trial = 0; trial < 6; ++trial) {
      const int64_t n = shape[0], h = shape[1], w = shape[2], count = n * h * w;
      const Tensor cost = torch::randn({n, 1, h, w}), ties = torch::rand({n, kTies, h, w}) * 0.8;
      double best = std::numeric_limits<double>::infinity();
      for (int64_t bits = 0; bits < int64_t{1} << count; ++bits) {
        Tensor labels = torch::empty({n, 1, h, w});
        for (int64_t i = 0; i < count; ++i) labels.data_ptr<float>()[i] = static_cast<float>(bits >> i & 1);
        best = std::min(best, energy(labels, cost, ties));
      }
      EXPECT_NEAR(energy(graph_cut(cost, ties), cost, ties), best, 0.02);
    }
}

TEST(GeodesicDistance, IsTheShortestWayOverAllSteps) {
  torch::manual_seed(6);
  const int64_t n = 2, h = 6, w = 7;
  const Tensor frames = torch::rand({n, 3, h, w});
  Tensor seeds = torch::zeros({n, 1, h, w});
  seeds[0][0][1][2] = seeds[1][0][5][6] = 1;
  Tensor far = torch::where(seeds > 0.5, 0.0, 1e6).to(torch::kFloat);
  const double step = 0.5 / 7;
  for (int64_t round = 0; round < n * h * w; ++round)
    for (int64_t f = 0; f < n; ++f)
      for (int64_t y = 0; y < h; ++y)
        for (int64_t x = 0; x < w; ++x)
          for (const Neighbour& k : kNeighbours) {
            const int64_t of = f + k.f, oy = y + k.y, ox = x + k.x;
            if (of >= n || oy >= h || ox < 0 || ox >= w) continue;
            const double change = (frames[f].select(1, y).select(1, x) - frames[of].select(1, oy).select(1, ox))
                                      .square()
                                      .sum()
                                      .sqrt()
                                      .item<double>();
            const double cost = change + step * std::sqrt(static_cast<double>(std::abs(k.y) + std::abs(k.x) + k.f));
            float &a = far.data_ptr<float>()[(f * h + y) * w + x], &b = far.data_ptr<float>()[(of * h + oy) * w + ox];
            a = std::min(a, b + static_cast<float>(cost));
            b = std::min(b, a + static_cast<float>(cost));
          }
  EXPECT_LT((geodesic_distance(frames, seeds, 0.5, 8) - far).abs().max().item<double>(), 1e-4);
}

TEST(ColorMixture, KnowsTheColorsItHasSeen) {
  torch::manual_seed(2);
  const Tensor red = torch::tensor({0.8f, 0.2f, 0.2f}), blue = torch::tensor({0.1f, 0.2f, 0.7f});
  const Tensor seen = torch::cat({red + 0.03 * torch::randn({300, 3}), blue + 0.06 * torch::randn({100, 3})});
  const ColorMixture mixture(seen, 2);
  const Tensor asked = torch::stack({red, blue, torch::tensor({0.2f, 0.9f, 0.2f})});
  const auto peak = [](double share, double deviation) {
    return 0.02 + 0.98 * share / std::pow(std::sqrt(2 * M_PI) * std::sqrt(deviation * deviation + 1e-4), 3);
  };
  const Tensor found = mixture.log_likelihood(asked);
  EXPECT_NEAR(found[0].item<double>(), std::log(peak(0.75, 0.03)), 0.2);
  EXPECT_NEAR(found[1].item<double>(), std::log(peak(0.25, 0.06)), 0.3);
  EXPECT_NEAR(found[2].item<double>(), std::log(0.02), 1e-3);
  EXPECT_TRUE(torch::isfinite(ColorMixture(red.unsqueeze(0), 5).log_likelihood(asked)).all().item<bool>());
}

TEST(Saliency, StandsOutAgainstTheRim) {
  torch::manual_seed(8);
  Tensor picture = torch::full({1, 3, 48, 60}, 0.4) + 0.02 * torch::randn({1, 3, 48, 60});
  picture.slice(2, 16, 32).slice(3, 22, 40).select(1, 0).add_(0.4);
  picture.slice(2, 0, 20).slice(3, 50, 60).select(1, 2).add_(0.4);  // no less contrast, but at the rim
  const Tensor map = saliency(picture.clamp(0, 1));
  const auto mean = [&](int64_t top, int64_t bottom, int64_t left, int64_t right) {
    return map.slice(2, top, bottom).slice(3, left, right).mean().item<double>();
  };
  EXPECT_GT(mean(18, 30, 24, 38), 0.7);
  EXPECT_LT(mean(2, 18, 52, 60), 0.3);
  EXPECT_LT(mean(38, 48, 0, 60), 0.1);
}

TEST(Equalised, IsTheRank) {
  const Tensor ranks = equalised(torch::tensor({0.3f, 0.1f, 0.9f, 0.3f, 0.2f}).view({1, 1, 1, 5}));
  EXPECT_TRUE(torch::allclose(ranks.flatten(), torch::tensor({0.5f, 0.0f, 1.0f, 0.5f, 0.25f})));
}

TEST(ConnectedTo, KeepsWhatAHintReaches) {
  const Tensor labels = torch::tensor({1.f, 1.f, 0.f, 1.f, 0.f, 1.f, 0.f, 1.f}).view({2, 1, 1, 4});
  Tensor hints = torch::zeros_like(labels);
  hints[0][0][0][0] = 1;
  // Its neighbour, and through that the second frame's.
  const Tensor wanted = torch::tensor({1.f, 1.f, 0.f, 0.f, 0.f, 1.f, 0.f, 0.f}).view({2, 1, 1, 4});
  EXPECT_TRUE(torch::equal(connected_to(hints, labels), wanted));
}

TEST(RegionLoss, IsTheMeanOverTheRegion) {
  const Tensor a = torch::tensor({0.1f, 0.5f, 0.9f, 0.4f}).view({1, 1, 2, 2});
  const Tensor b = torch::tensor({0.3f, 0.5f, 0.4f, 0.0f}).view({1, 1, 2, 2});
  const Tensor region = torch::tensor({1.0f, 0.0f, 0.5f, 0.0f}).view({1, 1, 2, 2});
  EXPECT_NEAR(region_l1(a, b, region).item<double>(), (0.2 + 0.25) / 1.5, 1e-5);
  EXPECT_NEAR(gray_loss(a).item<double>(), 4 / (0.4 + 0.0 + 0.4 + 0.1), 1e-4);
}

}  // namespace
}  // namespace pentimento
