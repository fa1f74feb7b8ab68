// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/flash_no_flash.h"

#include <gtest/gtest.h>

#include <limits>

#include "errors.h"
#include "imaging/joint_estimate.h"
#include "method_run.h"

namespace pentimento {
namespace {

using torch::Tensor;

// A scene in warm light, and the same in the light of a flash: bluish, with a shadow that the first does not have.
struct Scene {
  Tensor ambient, flash;
};

Scene scene(int64_t h, int64_t w) {
  const Tensor y = torch::arange(h, torch::kFloat).view({1, 1, h, 1}), x = torch::arange(w, torch::kFloat);
  const Tensor paint = 0.4 + 0.3 * (torch::sin(0.4 * x) * torch::cos(0.3 * y) > 0).to(torch::kFloat);
  const Tensor shadow = 1 - 0.6 * (x > 0.6 * static_cast<double>(w)).to(torch::kFloat);
  const Tensor light = 0.6 + 0.3 * y / static_cast<double>(h);
  const Tensor warm = torch::tensor({1.0f, 0.7f, 0.4f}).view({1, 3, 1, 1});
  const Tensor cold = torch::tensor({0.8f, 0.9f, 1.0f}).view({1, 3, 1, 1});
  return {paint * light * warm, paint * shadow * cold};
}

Tensor noisy(const Tensor& clean) {
  torch::manual_seed(11);
  return (clean + 0.1 * torch::randn_like(clean)).clamp(0, 1);
}

double error(const Tensor& a, const Tensor& b) { return torch::mse_loss(a, b).item<double>(); }
double largest(const Tensor& t) { return t.abs().max().item<double>(); }

TEST(GuidedFilter, IsTheLinearFunctionOfTheGuideThatItsWindowsSay) {
  const Scene s = scene(30, 34);
  // A picture that is such a function comes back as it is.
  const Tensor mixed = 0.3 * s.flash.slice(1, 0, 1) + 0.5 * s.flash.slice(1, 2, 3) + 0.1;
  EXPECT_LT(largest(guided_filter(s.flash, mixed, 4, 1e-7) - mixed), 2e-3);
  // One that is guided by nothing comes back as its windows' means.
  const Tensor flat = torch::full_like(s.flash, 0.5), random = torch::rand({1, 1, 30, 34});
  double sum = 0;
  for (int64_t y = 10; y <= 18; ++y)
    for (int64_t x = 11; x <= 19; ++x)
      for (int64_t v = -4; v <= 4; ++v)
        for (int64_t u = -4; u <= 4; ++u) sum += random[0][0][y + v][x + u].item<double>();
  EXPECT_NEAR(guided_filter(flat, random, 4, 1e-4)[0][0][14][15].item<double>(), sum / (81 * 81), 1e-4);
}

TEST(FlashNoFlash, TakesTheNoiseAwayAndLeavesTheShadowInTheFlashPicture) {
  const Scene s = scene(96, 128);
  const Tensor input = noisy(s.ambient);
  for (const char* quality : {"fast", "balanced", "best"}) {
    const Tensor result = run_method("flash-no-flash", {input, s.flash}, {{"iterations", 4}}, quality);
    ASSERT_EQ(result.sizes(), input.sizes());
    EXPECT_LT(error(result, s.ambient), error(input, s.ambient) / 5) << quality;
    // The rim of the flash's shadow, away from the picture's top and bottom.
    const auto rim = [](const Tensor& t) { return t.slice(2, 8, 88).slice(3, 73, 81); };
    EXPECT_LT(error(rim(result), rim(s.ambient)), error(input, s.ambient) / 3) << quality;
  }
}

TEST(FlashNoFlash, KeepsTheColorsOfThePictureWithoutFlash) {
  const Scene s = scene(64, 64);
  const Tensor input = noisy(s.ambient);
  const Tensor result = run_method("flash-no-flash", {input, s.flash}, {{"iterations", 3}});
  for (int64_t y = 0; y < 64; y += 32)
    for (int64_t x = 0; x < 64; x += 32) {
      const auto part = [&](const Tensor& t) {
        return t.slice(2, y, y + 32).slice(3, x, x + 32).mean(torch::IntArrayRef{2, 3});
      };
      EXPECT_LT(largest(part(result) - part(input)), 2.0 / 255);
    }
}

TEST(FlashNoFlash, RefusesPicturesThatDoNotMatch) {
  const Scene s = scene(32, 32);
  EXPECT_THROW(run_method("flash-no-flash", {s.ambient}, {}), Error);
  EXPECT_THROW(run_method("flash-no-flash", {scene(4, 40).ambient, scene(4, 40).flash}, {}), Error);
  try {
    run_method("flash-no-flash", {s.ambient, scene(32, 33).flash}, {});
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(e.status, PENTIMENTO_BAD_INPUT);
    EXPECT_NE(std::string(e.what()).find("another size"), std::string::npos);
  }
}

TEST(FlashNoFlash, TakesFlatAndBlackPicturesGreyOnesAndWrongNumbers) {
  const Tensor black = torch::zeros({1, 3, 40, 24}), grey = torch::full({1, 3, 40, 24}, 0.5);
  EXPECT_LT(largest(run_method("flash-no-flash", {grey, black}, {{"iterations", 2}}) - grey), 1.0 / 255);
  Tensor broken = grey.clone();
  broken[0][0][3][3] = std::numeric_limits<float>::quiet_NaN();
  const Tensor result = run_method("flash-no-flash", {broken, broken}, {{"iterations", 2}});
  EXPECT_LT(largest(result - grey), 2.0 / 255);
  const Tensor noise = noisy(grey.slice(1, 0, 1)).expand({1, 3, 40, 24});
  const Tensor still = run_method("flash-no-flash", {noise, scene(40, 24).flash}, {{"iterations", 20}});
  EXPECT_TRUE(torch::equal(still.select(1, 0), still.select(1, 2)));
}

TEST(FlashNoFlash, RepeatsItselfAndStopsAtOnce) {
  const Scene s = scene(40, 48);
  const Tensor input = noisy(s.ambient);
  const Tensor a = run_method("flash-no-flash", {input, s.flash}, {{"iterations", 30}, {"seed", 1}});
  EXPECT_TRUE(torch::equal(a, run_method("flash-no-flash", {input, s.flash}, {{"iterations", 30}, {"seed", 1}})));
  const Tensor kept = run_method("flash-no-flash", {input, s.flash}, {{"iterations", 100000}}, "best",
                                 [](const Snapshot&) { return Answer::kKeep; });
  EXPECT_LT(error(kept, s.ambient), error(input, s.ambient) / 5);
  EXPECT_THROW(
      run_method("flash-no-flash", {input, s.flash}, {}, "best", [](const Snapshot&) { return Answer::kCancel; }),
      Cancelled);
}

}  // namespace
}  // namespace pentimento
