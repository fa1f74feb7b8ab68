// SPDX-License-Identifier: GPL-3.0-or-later
#include "measures/path_shares.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "imaging/wavelet.h"
#include "restorer_networks.h"

namespace pentimento {
namespace {

using torch::Tensor;

double sum(const PathShares& s) { return s.retained + s.extracted + s.invented; }

TEST(PathShares, OfANetworkThatChangesNothingAreRetained) {
  const std::vector<PathShares> shares = path_shares(Restorer({12, 3, true}), torch::rand({1, 3, 50, 70}));
  ASSERT_EQ(shares.size(), 5u);
  for (const PathShares& s : shares) EXPECT_EQ(s.retained, 1);
}

// Without a detail path all of the picture goes through the abstract branch.
TEST(PathShares, OfAnEncoderDecoderAreNeverRetained) {
  for (const PathShares& s : path_shares(*trained_a_little({12, 2, false}), torch::rand({1, 3, 64, 64}))) {
    EXPECT_NEAR(s.retained, 0, 1e-6);
    EXPECT_NEAR(sum(s), 1, 1e-12);
    EXPECT_GT(s.extracted, 0.2);
  }
}

// Noise of one brightness, darker to the right: what the field makes even is the coarse bands' alone.
TEST(PathShares, OfAFieldAreExtractedInCoarseBands) {
  const torch::NoGradGuard no_grad;
  Restorer network({12, 1, true});
  torch::manual_seed(3);
  for (auto& p : network.named_parameters())
    if (p.key() == "field.weight") p.value().fill_(0.3);
  const std::vector<PathShares> shares =
      path_shares(network, 0.2 + 0.3 * torch::rand({1, 3, 128, 128}) + 0.4 * (torch::arange(128) > 64));
  for (const PathShares& s : shares) EXPECT_NEAR(sum(s), 1, 1e-12);
  EXPECT_GT(shares[0].retained, 0.85);
  EXPECT_GT(shares[4].extracted, 2 * shares[0].extracted);
}

// The definition, path by path; a bias that the borders' zeros make visible is invented.
TEST(PathShares, AreWhatTheirDefinitionSays) {
  const torch::NoGradGuard no_grad;
  const auto network = trained_a_little({12, 2, true});
  const Tensor picture = torch::rand({1, 3, 48, 56});
  const auto mean = [](const Tensor& t) { return torch::zeros_like(t) + t.mean(3, true).mean(2, true); };
  const Tensor detail = network->detail(picture), flat = mean(detail);
  const Restorer::Abstraction own = network->abstraction(detail);
  const auto v = [&](bool low, bool high, size_t band) {
    Restorer::Abstraction used = own;
    if (!high) used.joined = mean(own.joined), used.field = mean(own.field);
    const Tensor whole = wavelet_bands(network->forward(picture), 5)[band];
    const Tensor part =
        wavelet_bands(network->restored(low ? picture : mean(picture), low ? detail : flat, used), 5)[band];
    double wrong = 0, all = 0;
    for (int64_t c = 0; c < 3; ++c) {
      wrong += (part[0][c] - whole[0][c]).square().sum().item<double>();
      all += (whole[0][c] - whole[0][c].mean()).square().sum().item<double>();
    }
    return std::max(0.0, 1 - wrong / all);
  };
  const std::vector<PathShares> shares = path_shares(*network, picture);
  for (size_t b = 0; b < 5; ++b) {
    const double l = v(true, false, b), h = v(false, true, b), none = std::min({v(false, false, b), l, h});
    EXPECT_NEAR(shares[b].retained, (l - none + 1 - h) / 2, 1e-4) << b;
    EXPECT_NEAR(shares[b].extracted, (h - none + 1 - l) / 2, 1e-4) << b;
    EXPECT_NEAR(shares[b].invented, none, 1e-4) << b;
  }
}

TEST(PathShares, AreMeasuredOfAnySize) {
  const auto network = trained_a_little({12, 3, true});
  for (const auto& [h, w] : {std::pair{1, 1}, {3, 200}, {17, 16}})
    for (const PathShares& s : path_shares(*network, torch::rand({1, 3, h, w}))) {
      EXPECT_NEAR(sum(s), 1, 1e-12);
      EXPECT_GE(std::min({s.retained, s.extracted, s.invented}), 0);
    }
  for (const PathShares& s : path_shares(Restorer({12, 3, true}), torch::full({1, 3, 20, 20}, 0.4)))
    EXPECT_EQ(s.retained, 1) << "nothing to tell";
}

}  // namespace
}  // namespace pentimento
