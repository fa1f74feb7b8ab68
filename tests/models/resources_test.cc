// SPDX-License-Identifier: GPL-3.0-or-later
#include "fit/resources.h"

#include <gtest/gtest.h>

#include <new>
#include <stdexcept>

#include "errors.h"

namespace pentimento {
namespace {

Resources with_budget(int64_t bytes) {
  Resources r;
  r.bytes = bytes;
  return r;
}

TEST(Resources, KnowHowManyPixelsFit) {
  EXPECT_EQ(with_budget(1'000'000'000).pixels(10'000), 100'000);
  EXPECT_EQ(with_budget(1000).pixels(10'000), 64 * 64);
  EXPECT_GT(Resources::choose("cpu").bytes, 1 << 20);
}

TEST(Resources, FitLargeTilesOnAGpuAlone) {
  Resources r = with_budget(1'000'000'000);
  EXPECT_EQ(r.tile_pixels(10'000, 65'536), 65'536);
  EXPECT_EQ(r.tile_pixels(100'000, 65'536), 10'000) << "no more than the memory holds";
  r.device = torch::kCUDA;
  EXPECT_EQ(r.tile_pixels(10'000, 65'536), 100'000);
  r.in_bfloat16 = true;
  EXPECT_EQ(r.tile_pixels(10'000, 65'536), 200'000);
  r.bytes = int64_t{1} << 50;
  EXPECT_EQ(r.tile_pixels(10'000, 65'536), 15'000'000);
}

// The ladder: smaller and smaller tiles of a GPU, then those of a CPU.
TEST(Resources, ShrinkAGpusTilesUntilTheyAreTheCpus) {
  Resources r = with_budget(1'600'000'000);
  r.device = torch::kCUDA;
  r.in_bfloat16 = true;
  std::vector<int64_t> tiles;
  with_less_memory(r, [&](const Resources& now) {
    tiles.push_back(now.tile_pixels(2'000, 65'536));
    if (now.device.is_cuda()) throw std::bad_alloc();
    return torch::ones({1});
  });
  EXPECT_EQ(tiles, (std::vector<int64_t>{1'600'000, 800'000, 400'000, 200'000, 100'000, 65'536}));
  EXPECT_NE(r.notice, "");
}

TEST(Resources, RefuseAnUnknownDevice) { EXPECT_THROW(Resources::choose("tpu"), Error); }

TEST(Resources, TryAgainWithLessMemoryAndSayIt) {
  Resources r = with_budget(1600);
  std::vector<int64_t> budgets;
  const torch::Tensor result = with_less_memory(r, [&](const Resources& now) {
    budgets.push_back(now.bytes);
    if (now.bytes > 500) throw std::bad_alloc();
    return torch::ones({1});
  });
  EXPECT_EQ(budgets, (std::vector<int64_t>{1600, 800, 400}));
  EXPECT_EQ(result.item<float>(), 1);
  EXPECT_NE(r.notice, "");
}

TEST(Resources, KnowLibTorchsWayOfRunningOut) {
  Resources r = with_budget(1600);
  int tries = 0;
  EXPECT_NO_THROW(with_less_memory(r, [&](const Resources&) {
    // More than any machine has: the allocator itself must be the one that refuses.
    return ++tries == 1 ? torch::empty({int64_t{1} << 46}) : torch::ones({1});
  }));
  EXPECT_EQ(tries, 2);
}

TEST(Resources, GiveUpWithASentence) {
  Resources r = with_budget(1600);
  int tries = 0;
  try {
    with_less_memory(r, [&](const Resources&) -> torch::Tensor {
      ++tries;
      throw std::bad_alloc();
    });
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.status, PENTIMENTO_OUT_OF_MEMORY);
  }
  EXPECT_GE(tries, 4);
}

TEST(Resources, LetOtherFaultsThrough) {
  Resources r = with_budget(1600);
  EXPECT_THROW(with_less_memory(r, [](const Resources&) -> torch::Tensor { throw std::runtime_error("else"); }),
               std::runtime_error);
  EXPECT_EQ(r.notice, "");
}

}  // namespace
}  // namespace pentimento
