// SPDX-License-Identifier: GPL-3.0-or-later
// What a training step of a restorer does, how its losses are balanced, and how its depth is found.
#include <gtest/gtest.h>

#include <cmath>

#include "imaging/metrics.h"
#include "train/balance.h"
#include "train/depth.h"
#include "train/restorer_figures.h"
#include "train/restorer_loss.h"
#include "train/restorer_trainer.h"
#include "weights_difference.h"

namespace pentimento {
namespace {

using torch::Tensor;

double largest(const Tensor& t) { return t.abs().max().item<double>(); }

std::vector<Picture> pictures() {
  torch::manual_seed(1);
  std::vector<Picture> made;
  for (const char* name : {"a", "b"}) {
    const Tensor smooth = torch::upsample_bicubic2d(torch::rand({1, 3, 9, 11}), {72, 80}, true);
    made.push_back({name, (smooth[0].clamp(0, 1) * 255).to(torch::kUInt8)});
  }
  return made;
}

RestorerPlan tiny_plan() {
  RestorerPlan plan;
  plan.task = "haze";
  plan.batch = 2;
  plan.crop = 16;
  plan.learning_rate = 1e-3;
  return plan;
}

std::shared_ptr<Restorer> network(uint64_t seed = 2, int64_t depth = 2) {
  torch::manual_seed(seed);
  return std::make_shared<Restorer>(RestorerShape{12, depth, true, 0});
}

struct Training {
  explicit Training(const RestorerPlan& plan)
      : crops(pictures(), plan.crop, torch::kCPU), trainer(network(), crops, plan, torch::kCPU) {}
  CropSource crops;
  RestorerTrainer trainer;
};

TEST(RestorerTrainer, LearnsEitherWay) {
  for (const bool balance : {true, false}) {
    RestorerPlan plan = tiny_plan();
    plan.balance = balance;
    plan.clean = 0;
    Training t(plan);
    for (int i = 0; i < 150; ++i) t.trainer.step(i / 150.0);
    const RestorerReport report = t.trainer.report();
    EXPECT_GT(report.deep_gradient, 0);
    EXPECT_EQ(report.imbalance == 1, !balance);
    const RestorerFigures f = measure(t.trainer.average(), find_degradation("haze"), pictures(), torch::kCPU);
    EXPECT_GT(f.psnr, f.psnr_before + 2) << balance;
  }
}

TEST(RestorerTrainer, GoesOnAsIfUninterrupted) {
  Training whole(tiny_plan()), first(tiny_plan()), second(tiny_plan());
  for (int i = 0; i < 14; ++i) whole.trainer.step(i / 14.0);
  for (int i = 0; i < 7; ++i) first.trainer.step(i / 14.0);
  ASSERT_TRUE(second.trainer.restore(first.trainer.state()));
  ASSERT_EQ(second.trainer.steps(), 7);
  for (int i = 7; i < 14; ++i) second.trainer.step(i / 14.0);
  for (const auto& [name, tensor] : whole.trainer.state())
    EXPECT_LT(largest((second.trainer.state().at(name) - tensor).to(torch::kFloat)), 1e-5) << name;
  EXPECT_FALSE(second.trainer.restore({}));
}

TEST(RestorerTrainer, LearnsNothingFromWhatStaysClean) {
  RestorerPlan plan = tiny_plan();
  plan.clean = 1;
  plan.balance = false;
  Training t(plan);
  for (int i = 0; i < 3; ++i) t.trainer.step(0);
  EXPECT_EQ(t.trainer.report().loss, 0);
  EXPECT_EQ(difference(t.trainer.average(), *network()), 0);
}

// Mean absolute and squared errors by hand.
TEST(RestorerLoss, WeighsBands) {
  const Tensor clean = torch::rand({1, 3, 16, 16}), flat = clean + 0.1;
  EXPECT_NEAR(plain_loss(flat, clean, 5).item<double>(), 0.1 + 5 * 0.01, 1e-5);
  EXPECT_NEAR(band_weighted_loss(flat, clean, 5).item<double>(), 0.1 + 5 * 0.01, 1e-5);  // all in the smooth rest
  const Tensor checks = (torch::arange(16).view({-1, 1}) + torch::arange(16)).remainder(2).mul(0.2).sub(0.1);
  const double fine = band_weighted_loss(clean + checks, clean, 5).item<double>();  // all in the finest band
  EXPECT_NEAR(fine, 0.1 * std::sqrt(0.22 / 0.024) + 5 * 0.01, 0.02);
}

// Gradients of known size at the shared layer.
TEST(Balance, MakesTheHelpersGradientsTheirShareOfTheFirst) {
  const Tensor shared = torch::ones({3}, torch::requires_grad());
  Balance balance({1, 0.5, 0.5});
  const auto losses = [&] { return std::vector<Tensor>{shared.sum(), 4 * shared.sum(), 0.2 * shared.sum()}; };
  for (int i = 0; i < 1000; ++i) balance.sum(losses(), shared);
  EXPECT_NEAR(balance.weights()[0].item<double>(), 1, 1e-4);
  EXPECT_NEAR(balance.weights()[1].item<double>(), 0.5 / 4, 1e-3);
  EXPECT_NEAR(balance.weights()[2].item<double>(), 0.5 / 0.2, 1e-2);
  EXPECT_NEAR(balance.imbalance().item<double>(), 4 / 0.2, 1e-3);
  const double sum = balance.sum(losses(), shared).item<double>();
  EXPECT_NEAR(sum, 3 * (1 + 0.5 + 0.5), 1e-2);
}

TEST(Balance, WaitsForAPathThatBeginsAsZeroAndFavoursTheSlow) {
  const Tensor shared = torch::ones({3}, torch::requires_grad());
  Balance asleep({1, 0.5});
  for (int i = 0; i < 50; ++i) asleep.sum({shared.sum(), 1e-6 * shared.sum()}, shared);
  EXPECT_EQ(asleep.weights()[1].item<double>(), 0.5);

  Balance slow({1, 0.5});
  for (int i = 0; i < 1000; ++i) {  // the first falls to a quarter of where it was, the second stays
    const Tensor first = i == 0 ? 4 * shared.sum() : shared.sum();
    slow.sum({first, shared.sum()}, shared);
  }
  EXPECT_NEAR(slow.weights()[1].item<double>(), 0.5 * std::pow(4, 1.5), 0.05);
}

TEST(Depth, IsTheLeastThatHoldsNearlyAll) {
  EXPECT_EQ(sufficient_depth({1, 0.5, 0.01, 0.01}), 2);
  EXPECT_EQ(sufficient_depth({0.5, 0.5, 0.5}), 3);
  EXPECT_EQ(sufficient_depth({0, 0.001, 0}), 0);
  EXPECT_EQ(sufficient_depth({}), 0);
}

// A level that holds the very map of the haze tells of it; levels above one that holds nothing new do not.
TEST(Depth, IsToldByWhatLevelsKnow) {
  const auto net = network(3, 2);
  torch::manual_seed(5);
  const Tensor clean = torch::rand({4, 3, 64, 64});
  EXPECT_EQ(sufficient_depth(marginal_information(*net, clean, clean)), 0);
  const auto marginal = marginal_information(*net, clean + 0.1 * torch::randn_like(clean), clean);
  ASSERT_EQ(marginal.size(), 2u);
  for (const double bits : marginal) EXPECT_TRUE(std::isfinite(bits) && bits >= 0);
}

TEST(RestorerFigures, OfAnUntrainedNetworkAreThoseOfTheDegradedPicture) {
  const RestorerFigures f = measure(*network(), find_degradation("rain"), pictures(), torch::kCPU);
  EXPECT_NEAR(f.psnr, f.psnr_before, 1e-4);
  EXPECT_NEAR(f.finest, f.finest_before, 1e-3);
  EXPECT_NEAR(f.change, 0, 1e-4);
  const RestorerFigures again = measure(*network(), find_degradation("rain"), pictures(), torch::kCPU);
  EXPECT_EQ(f.psnr_before, again.psnr_before);
  EXPECT_THROW(
      measure(*network(), find_degradation("rain"), {{"x", torch::zeros({3, 63, 90}, torch::kUInt8)}}, torch::kCPU),
      std::runtime_error);
}

}  // namespace
}  // namespace pentimento
