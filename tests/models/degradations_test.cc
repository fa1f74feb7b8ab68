// SPDX-License-Identifier: GPL-3.0-or-later
// That rain, haze and shadow follow their physics: the same weather over black and over white tells what it lets
// through and what it adds.
#include <gtest/gtest.h>

#include <cmath>

#include "train/degradations.h"
#include "train/scenery.h"

namespace pentimento {
namespace {

using torch::Tensor;

constexpr int64_t kCount = 6, kSide = 96;

// What comes through of white light, and what is added to it, in linear light: N x 3 x H x W.
struct Weather {
  Tensor through, added;
};

Weather weather(const char* task, uint64_t seed = 3) {
  const auto seen = [&](double grey) {
    torch::manual_seed(seed);
    return linear(find_degradation(task)(torch::full({kCount, 3, kSide, kSide}, grey)));
  };
  const Tensor added = seen(0);
  return {seen(1) - added, added};
}

double spread(const Tensor& t) { return (t.amax() - t.amin()).item<double>(); }

TEST(Light, GoesThereAndBack) {
  const Tensor codes = torch::linspace(0, 1, 101);
  EXPECT_LT((encoded(linear(codes)) - codes).abs().max().item<double>(), 1e-5);
  EXPECT_NEAR(linear(torch::tensor(0.5)).item<double>(), 0.21404, 1e-4);  // as IEC 61966-2-1 has it
}

TEST(Degradations, AreTheSameForASeedAndOtherwiseAllDifferent) {
  torch::manual_seed(4);
  const Tensor one = torch::rand({1, 3, 64, 96}), two = one.expand({2, -1, -1, -1});
  for (const char* task : {"rain", "haze", "shadow"}) {
    const auto made = [&](uint64_t seed) {
      torch::manual_seed(seed);
      return find_degradation(task)(two);
    };
    const Tensor first = made(1);
    EXPECT_EQ(first.sizes(), two.sizes());
    EXPECT_TRUE(first.ge(0).logical_and(first.le(1)).all().item<bool>());
    EXPECT_TRUE(first.equal(made(1))) << task;
    EXPECT_FALSE(first.equal(made(2))) << task;
    EXPECT_FALSE(first[0].equal(first[1])) << task;
  }
}

TEST(Haze, IsKoschmiedersLaw) {
  const Weather w = weather("haze");
  const Tensor t = w.through.mean(1, true);
  EXPECT_LT((w.through - t).abs().max().item<double>(), 2e-3);  // the same for all colours
  EXPECT_GT(t.min().item<double>(), std::exp(-1.26));
  EXPECT_LT(t.max().item<double>(), std::exp(-0.04));
  const Tensor airlight = w.added / (1 - t);  // one colour for each picture
  for (int64_t n = 0; n < kCount; ++n)
    for (int64_t c = 0; c < 3; ++c) EXPECT_LT(spread(airlight[n][c]), 0.02);
  EXPECT_GT(airlight.min().item<double>(), 0.35);
  EXPECT_LT(airlight.max().item<double>(), 0.96);
}

TEST(Haze, IsThickerInSomePlaces) {
  const Tensor t = weather("haze").through.mean(1);
  for (int64_t n = 0; n < kCount; ++n) EXPECT_GT(spread(t[n]), 0.1);
}

TEST(Shadow, LetsSomeOfTheLightThroughAndAddsNone) {
  const Weather w = weather("shadow");
  EXPECT_LT(w.added.abs().max().item<double>(), 1e-5);
  EXPECT_GT(w.through.min().item<double>(), 0.15 * 0.7 - 0.01);
  EXPECT_LE(w.through.max().item<double>(), 1 + 1e-5);
  for (int64_t n = 0; n < kCount; ++n) {
    const double lit = (w.through[n][1] > 0.9).to(torch::kDouble).mean().item<double>();
    const double dark = (w.through[n][1] < 0.6).to(torch::kDouble).mean().item<double>();
    EXPECT_GT(lit, 0.25);
    EXPECT_GT(dark, 0.05);
  }
  // The sky's light is bluish.
  EXPECT_TRUE(w.through.select(1, 2).add(1e-4).ge(w.through.select(1, 0)).all().item<bool>());
}

TEST(Rain, CoversSomeOfTheSceneWithLight) {
  const Weather w = weather("rain");
  EXPECT_GE(w.through.min().item<double>(), 0);
  EXPECT_LE(w.through.max().item<double>(), 1 + 1e-5);
  EXPECT_GE(w.added.min().item<double>(), -1e-6);
  for (int64_t n = 0; n < kCount; ++n) {
    EXPECT_GT(w.through[n].mean().item<double>(), 0.4);  // the scene is still there
    EXPECT_LT(w.through[n].min().item<double>(), 0.75);  // and streaks are
  }
}

// Streaks are longer than wide: what is added changes less along their common direction than across.
TEST(Rain, FallsInOneDirection) {
  const Tensor added = weather("rain").added.select(1, 0);
  const auto likeness = [](const Tensor& field, int64_t dy, int64_t dx) {
    const Tensor a = field - field.mean();
    return (a * a.roll({dy, dx}, {0, 1})).mean().item<double>() / a.square().mean().item<double>();
  };
  for (int64_t n = 0; n < kCount; ++n) {
    double most = -1, least = 1;
    for (int degrees = -90; degrees < 90; degrees += 15) {
      const double angle = degrees * 0.0174533;
      const double c = likeness(added[n], std::lround(5 * std::cos(angle)), std::lround(5 * std::sin(angle)));
      most = std::max(most, c), least = std::min(least, c);
    }
    EXPECT_GT(most, least + 0.15) << n;
    EXPECT_GT(most, 0.3) << n;
  }
}

}  // namespace
}  // namespace pentimento
