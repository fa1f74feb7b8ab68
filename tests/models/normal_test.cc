// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/normal.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace pentimento {
namespace {

using torch::Tensor;
using Words = std::array<uint32_t, 4>;

// The known answers that come with the authors' Random123.
TEST(Philox, GivesTheAuthorsWords) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(philox({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

Tensor draw(int64_t n, uint64_t seed, uint64_t number) {
  Tensor out = torch::empty({n});
  add_normal(torch::zeros({n}), 1, seed, number, out);
  return out;
}

// Kolmogorov and Smirnov: the largest distance from the normal distribution function stays under 1.95 / sqrt(n) in 999
// of 1000 draws; this one is fixed.
TEST(AddNormal, DrawsFromTheNormalDistribution) {
  constexpr int64_t kCount = 200'000;
  const Tensor x = draw(kCount, 1, 2);
  std::vector<float> sorted(x.data_ptr<float>(), x.data_ptr<float>() + kCount);
  std::sort(sorted.begin(), sorted.end());
  double most = 0;
  for (size_t i = 0; i < sorted.size(); ++i) {
    const double expected = 0.5 * std::erfc(-sorted[i] / std::sqrt(2.0));
    most = std::max(most, std::abs(expected - (static_cast<double>(i) + 0.5) / kCount));
  }
  EXPECT_LT(most, 1.95 / std::sqrt(static_cast<double>(kCount)));
  EXPECT_NEAR(x.pow(4).mean().item<double>(), 3, 0.1);
  EXPECT_GT(x.max().item<float>(), 4);
}

// The numbers of a block come from the same words in pairs, lanes apart.
TEST(AddNormal, DrawsNumbersThatDoNotHangTogether) {
  const Tensor x = draw(1 << 18, 3, 0);
  for (const int64_t lag : {1, 4, 16, 32, 48, 64, 1024}) {
    const int64_t n = x.numel() - lag;
    EXPECT_LT(std::abs((x.narrow(0, 0, n) * x.narrow(0, lag, n)).mean().item<double>()), 0.01) << lag;
    EXPECT_LT(std::abs((x.narrow(0, 0, n).square() * x.narrow(0, lag, n).square()).mean().item<double>() - 1), 0.03)
        << lag;
  }
  EXPECT_LT(std::abs((x * draw(1 << 18, 3, 1)).mean().item<double>()), 0.01) << "the next draw";
  EXPECT_LT(std::abs((x * draw(1 << 18, 4, 0)).mean().item<double>()), 0.01) << "the next seed";
}

TEST(AddNormal, IsAFunctionOfSeedAndDrawAlone) {
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const Tensor one = draw(100'003, 5, 6);
  at::set_num_threads(3);
  const Tensor three = draw(100'003, 5, 6);
  at::set_num_threads(threads);
  EXPECT_TRUE(torch::equal(one, three));
  EXPECT_TRUE(torch::equal(one.narrow(0, 0, 70), draw(70, 5, 6))) << "whatever the length";
  EXPECT_FALSE(torch::equal(one, draw(100'003, uint64_t{5} << 32, 6)));
}

TEST(AddNormal, AddsToTheInput) {
  const Tensor input = torch::rand({1, 3, 5, 7}).contiguous(torch::MemoryFormat::ChannelsLast);
  Tensor out = torch::empty_like(input);
  add_normal(input, 0, 1, 2, out);
  EXPECT_TRUE(torch::equal(out, input));
  add_normal(input, 0.01, 1, 2, out);
  EXPECT_NEAR((out - input).std().item<double>(), 0.01, 0.002);
}

}  // namespace
}  // namespace pentimento
