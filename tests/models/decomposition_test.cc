// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/decomposition.h"

#include <gtest/gtest.h>

#include "errors.h"

namespace pentimento {
namespace {

using torch::Tensor;

TEST(Decomposition, FramesStandOneBelowTheOther) {
  const Tensor strip = torch::arange(3 * 6 * 5, torch::kFloat).view({1, 3, 6, 5});
  const Tensor frames = as_frames(strip, 2);
  ASSERT_EQ(frames.sizes(), (std::vector<int64_t>{2, 3, 3, 5}));
  for (int64_t c = 0; c < 3; ++c)
    for (int64_t y = 0; y < 6; ++y)
      for (int64_t x = 0; x < 5; ++x)
        EXPECT_EQ(frames[y / 3][c][y % 3][x].item<float>(), strip[0][c][y][x].item<float>());
  EXPECT_TRUE(torch::equal(as_strip(frames), strip));
  EXPECT_TRUE(torch::equal(as_strip(as_frames(strip, 1)), strip));
  EXPECT_THROW(as_frames(strip, 4), Error);
}

TEST(Decomposition, PartsStandSideBySideInColor) {
  const Tensor picture = torch::rand({1, 3, 4, 5}), mask = torch::rand({1, 1, 4, 5});
  const Tensor both = side_by_side({{"picture", picture}, {"mask", mask}});
  ASSERT_EQ(both.sizes(), (std::vector<int64_t>{1, 3, 4, 10}));
  EXPECT_TRUE(torch::equal(both.slice(3, 0, 5), picture));
  for (int64_t c = 0; c < 3; ++c) EXPECT_TRUE(torch::equal(both[0][c].slice(1, 5, 10), mask[0][0]));
}

// Counts how often a picture is decomposed.
struct Counter {
  Answer answer = Answer::kContinue;
  int64_t count = 0;

  Tensor part(const Tensor& picture, const std::string& output, const std::string& own = "test", uint64_t seed = 0) {
    Monitor monitor([this](const Snapshot&) { return answer; }, 0);
    Task task;
    task.monitor = &monitor;
    FitSettings settings;
    settings.seed = seed;
    return part_of(task, settings, {picture}, own, output, [&]() -> Parts {
      ++count;
      task.notice = "said";
      monitor.show(picture);
      return {{"picture", picture}, {"mask", picture.slice(1, 0, 1)}};
    });
  }
};

TEST(Decomposition, ThePartsOfOnePictureAreMadeOnce) {
  const Tensor picture = torch::rand({1, 3, 4, 4});
  Counter counter;
  EXPECT_TRUE(torch::equal(counter.part(picture, "picture"), picture));
  EXPECT_TRUE(torch::equal(counter.part(picture, "mask"), picture.slice(1, 0, 1).expand({1, 3, 4, 4})));
  counter.part(picture, "picture");
  EXPECT_EQ(counter.count, 1);
  counter.part(picture, "mask", "other");
  counter.part(picture, "mask", "other", 1);
  counter.part(picture + 0.1, "mask", "other", 1);
  EXPECT_EQ(counter.count, 4);
  EXPECT_THROW(counter.part(picture, "nothing"), Error);
}

TEST(Decomposition, OneThatWasStoppedGivesEachPartOnce) {
  const Tensor picture = torch::rand({1, 3, 4, 4});
  Counter counter{Answer::kKeep};
  counter.part(picture, "picture", "stopped");
  counter.part(picture, "mask", "stopped");
  EXPECT_EQ(counter.count, 1);
  counter.part(picture, "picture", "stopped");  // pressed again
  EXPECT_EQ(counter.count, 2);
}

}  // namespace
}  // namespace pentimento
