// SPDX-License-Identifier: GPL-3.0-or-later
// What a training step does, and that a training goes on where it was.
#include <gtest/gtest.h>

#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <set>

#include "imaging/bicubic.h"
#include "train/resuming.h"
#include "train/trainer.h"
#include "weights/rescaling_weights.h"
#include "weights_difference.h"

namespace pentimento {
namespace {

using torch::Tensor;

double largest(const Tensor& t) { return t.abs().max().item<double>(); }

// A network that is no longer the Haar transform.
std::shared_ptr<Rescaling> trained(const std::vector<int64_t>& blocks, uint64_t seed) {
  torch::manual_seed(seed);
  auto network = std::make_shared<Rescaling>(blocks);
  const torch::NoGradGuard no_grad;
  for (Tensor& p : network->parameters()) p += 0.02 * torch::randn_like(p);
  return network;
}

std::vector<Picture> pictures() {
  torch::manual_seed(1);
  const Tensor smooth = torch::upsample_bicubic2d(torch::rand({1, 3, 5, 6}), {30, 40}, true);
  return {{"a", (smooth[0].clamp(0, 1) * 255).to(torch::kUInt8)},
          {"b", torch::randint(256, {3, 8, 12}, torch::kUInt8)}};
}

TrainingPlan tiny_plan() {
  TrainingPlan plan;
  plan.batch = 2;
  plan.crop = 8;
  plan.learning_rate = 1e-3;
  return plan;
}

struct Training {
  explicit Training(const TrainingPlan& plan, std::shared_ptr<Rescaling> network = trained({1}, 2))
      : crops(pictures(), plan.crop, torch::kCPU), trainer(network, crops, plan, torch::kCPU) {}
  CropSource crops;
  Trainer trainer;
};

TEST(Crops, AreTheSquaresEightSymmetries) {
  const Tensor bytes = torch::arange(3 * 5 * 7).view({3, 5, 7}).to(torch::kUInt8);
  const CropSource source({{"other", torch::zeros({3, 4, 4}, torch::kUInt8)}, {"it", bytes}}, 3, torch::kCPU);
  const Tensor square = bytes.slice(1, 1, 4).slice(2, 2, 5);
  std::set<std::vector<uint8_t>> seen;
  for (int64_t symmetry = 0; symmetry < 8; ++symmetry) {
    Tensor expected = square;
    if (symmetry & 1) expected = expected.flip(1);
    if (symmetry & 2) expected = expected.flip(2);
    if (symmetry & 4) expected = expected.transpose(1, 2);
    const Tensor cut = source.cut({{0, 0, 1, 5}, {1, 1, 2, symmetry}})[1].contiguous();
    EXPECT_TRUE(cut.equal(expected)) << symmetry;
    seen.emplace(cut.data_ptr<uint8_t>(), cut.data_ptr<uint8_t>() + cut.numel());
  }
  EXPECT_EQ(seen.size(), 8u);
}

TEST(Crops, AreDrawnEverywhereAndAgainAlike) {
  const CropSource source(
      {{"a", torch::zeros({3, 5, 6}, torch::kUInt8)}, {"b", torch::zeros({3, 4, 4}, torch::kUInt8)}}, 4, torch::kCPU);
  std::set<std::vector<int64_t>> seen;
  for (const Crop& c : source.draw(2000, 3, 0)) seen.insert({c.picture, c.top, c.left, c.symmetry});
  EXPECT_EQ(seen.size(), (2 * 3 + 1) * 8u);
  const auto tops = [&](uint64_t seed, uint64_t round) {
    std::vector<int64_t> all;
    for (const Crop& c : source.draw(50, seed, round)) all.push_back(c.left * 8 + c.symmetry);
    return all;
  };
  EXPECT_EQ(tops(3, 5), tops(3, 5));
  EXPECT_NE(tops(3, 5), tops(3, 6));
  EXPECT_NE(tops(3, 5), tops(4, 5));
  EXPECT_THROW(CropSource(pictures(), 9, torch::kCPU), std::runtime_error);
}

TEST(RescalingLoss, IsThePapersOverTheSamplesOfAPicture) {
  const auto network = trained({1}, 3);
  const Tensor picture = torch::rand({2, 3, 4, 6}), guide = bicubic(picture, 0.5);
  const LossWeights weights = {.guidance = 2, .distribution = 0.3};
  const RescalingLoss loss = rescaling_loss(*network, picture, guide, weights, torch::kFloat);
  const auto [small, latent] = network->shrink(picture);
  const Tensor restored = network->enlarge((small.clamp(0, 1) * 255).round() / 255);
  double guidance = 0, restoration = 0, distribution = 0;
  for (int64_t b = 0; b < 2; ++b) {  // the paper: mean over the batch of sums
    guidance += (small[b] - guide[b]).square().sum().item<double>() / 2;
    restoration += ((picture[b] - restored[b]).square() + 1e-6).sqrt().sum().item<double>() / 2;
    distribution += latent[b].square().sum().item<double>() / 2;
  }
  const double samples = 3 * 4 * 6;
  EXPECT_NEAR(loss.guidance.item<double>(), guidance / samples, 1e-6);
  EXPECT_NEAR(loss.restoration.item<double>(), restoration / samples, 1e-6);
  EXPECT_NEAR(loss.distribution.item<double>(), distribution / samples, 1e-6);
  EXPECT_NEAR(loss.total.item<double>(), (2 * 4 * guidance + restoration + 0.3 * distribution) / samples, 1e-6);
}

// Rounding has no slope to compare with: the straight-through estimate takes it for the identity, so that the loss is
// that of small pictures whose rounding error is a constant.
TEST(RescalingLoss, HasTheSlopeOfAConstantRoundingError) {
  const auto network = trained({1}, 4);
  network->to(torch::kDouble);
  const Tensor picture = torch::rand({1, 3, 4, 4}, torch::kDouble), guide = bicubic(picture.to(torch::kFloat), 0.5);
  const auto steps = [](const Tensor& small) { return ((small.clamp(0, 1) * 255).round() / 255 - small).detach(); };
  const Tensor error = steps(network->shrink(picture, torch::kDouble).small);
  const auto value = [&] {
    const torch::NoGradGuard no_grad;
    const auto [small, latent] = network->shrink(picture, torch::kDouble);
    const Tensor restored = network->enlarge(small + error, {}, torch::kDouble);
    return (((picture - restored).square() + 1e-6).sqrt().mean() +
            4 * (small - guide).square().sum() / picture.numel() + latent.square().sum() / picture.numel())
        .item<double>();
  };
  rescaling_loss(*network, picture, guide, {}, torch::kDouble).total.backward();
  for (const auto& item : network->named_parameters()) {
    if (item.key().find("conv1.weight") == std::string::npos && item.key().find("conv5.bias") == std::string::npos)
      continue;
    Tensor flat = item.value().data().view(-1);
    const double slope = item.value().grad().view(-1)[0].item<double>(), before = flat[0].item<double>();
    constexpr double kStep = 1e-3;
    flat[0] = before + kStep;
    const double above = value();
    flat[0] = before - kStep;
    const double below = value();
    flat[0] = before;
    EXPECT_NEAR(slope, (above - below) / (2 * kStep), 1e-4 + 0.01 * std::abs(slope)) << item.key();
  }
}

TEST(LearningRate, RisesAndFalls) {
  TrainingPlan plan;
  plan.warm_up = 4;
  EXPECT_DOUBLE_EQ(learning_rate_share(plan, 0, 0), 0.25);
  EXPECT_DOUBLE_EQ(learning_rate_share(plan, 3, 0), 1);
  EXPECT_DOUBLE_EQ(learning_rate_share(plan, 9, 0.5), 0.5);
  EXPECT_NEAR(learning_rate_share(plan, 9, 1), 0, 1e-12);
  plan.schedule = LearningSchedule::kStep;
  plan.warm_up = 0;
  for (const auto& [progress, share] :
       {std::pair{0.0, 1.0}, {0.19, 1.0}, {0.2, 0.5}, {0.5, 0.25}, {0.79, 0.125}, {0.8, 0.0625}, {1.0, 0.0625}})
    EXPECT_DOUBLE_EQ(learning_rate_share(plan, 0, progress), share) << progress;
}

TEST(Trainer, LowersTheLoss) {
  TrainingPlan plan = tiny_plan();
  plan.learning_rate = 1e-2;
  Training training(plan, std::make_shared<Rescaling>(std::vector<int64_t>{1}));
  for (int i = 0; i < 5; ++i) training.trainer.step(0);
  const TrainingReport before = training.trainer.report();
  for (int i = 0; i < 40; ++i) training.trainer.step(0);
  training.trainer.report();
  for (int i = 0; i < 5; ++i) training.trainer.step(0);
  EXPECT_LT(training.trainer.report().loss, 0.8 * before.loss);
}

// One step by the book: the gradient clipped to its length, Adam with the weights' share in the gradient, the average.
TEST(Trainer, ClipsAndStepsAndAverages) {
  TrainingPlan plan = tiny_plan();
  plan.clip = 0.01;
  plan.weight_decay = 0.1;
  plan.ema = 0.9;
  const auto start = trained({1}, 2), reference = trained({1}, 2);
  Training training(plan, start);
  training.trainer.step(0);

  const Tensor batch = training.crops.cut(training.crops.draw(2, plan.seed, 0)) / 255.0;
  rescaling_loss(*reference, batch, bicubic(batch, 0.5), plan.loss, torch::kFloat).total.backward();
  EXPECT_GT(torch::nn::utils::clip_grad_norm_(reference->parameters(), plan.clip), plan.clip);
  torch::optim::Adam adam(reference->parameters(), torch::optim::AdamOptions(plan.learning_rate).weight_decay(0.1));
  adam.step();
  EXPECT_LT(difference(*start, *reference), 1e-5);
  const auto before = trained({1}, 2);  // at the first step the average keeps a tenth
  const auto p = before->parameters(), q = reference->parameters(), mean = training.trainer.average().parameters();
  for (size_t i = 0; i < p.size(); ++i) EXPECT_LT(largest(mean[i] - (0.1 * p[i] + 0.9 * q[i])), 1e-5);
}

TEST(Trainer, LeavesOutAStepThatIsNotFinite) {
  const auto network = trained({1}, 2);
  const auto before = trained({1}, 2);
  TrainingPlan plan = tiny_plan();
  plan.loss.guidance = INFINITY;
  Training training(plan, network);
  training.trainer.step(0);
  EXPECT_EQ(difference(*network, *before), 0);
  EXPECT_EQ(difference(training.trainer.average(), *before), 0);
  EXPECT_EQ(training.trainer.report().skipped, 1);
  EXPECT_EQ(training.trainer.report().skipped, 0);
}

// Of the very same step: where gradients were as long before, it is taken.
TEST(Trainer, LeavesOutAStepThatExplodes) {
  const auto network = trained({1}, 2);
  const auto before = trained({1}, 2);
  Training training(tiny_plan(), network);
  auto state = training.trainer.state();
  state["step"].fill_(1000);
  state["usual"].fill_(1e-6);
  ASSERT_TRUE(training.trainer.restore(state));
  training.trainer.step(0);
  EXPECT_EQ(training.trainer.report().skipped, 1);
  EXPECT_EQ(difference(*network, *before), 0);
  EXPECT_FLOAT_EQ(training.trainer.state()["usual"].item<float>(), 1.05e-6f);

  state["usual"].fill_(1);
  ASSERT_TRUE(training.trainer.restore(state));
  training.trainer.step(0);
  EXPECT_EQ(training.trainer.report().skipped, 0);
  EXPECT_GT(difference(*network, *before), 0);
}

// Grey crops, as the engine treats grey pictures: their small picture is grey, too.
TEST(RescalingLoss, KnowsGreyPictures) {
  const torch::NoGradGuard no_grad;
  const auto network = trained({1}, 2);
  const Tensor pictures = torch::rand({2, 1, 8, 8}).expand({2, 3, 8, 8}), guide = torch::rand({2, 3, 4, 4});
  const auto grey = [](bool first) { return torch::tensor({first, false}).view({2, 1, 1, 1}); };
  const auto loss = [&](bool first) {
    return rescaling_loss(*network, pictures, guide, {}, torch::kFloat, grey(first));
  };
  const Tensor colored = network->shrink(pictures).small, made = colored.clone();
  made[0] = colored[0].mean(0, true).expand({3, 4, 4});
  EXPECT_NEAR(loss(true).guidance.item<double>(), (made - guide).square().sum().item<double>() / 384, 1e-5);
  EXPECT_NEAR(loss(false).guidance.item<double>(), (colored - guide).square().sum().item<double>() / 384, 1e-5);
  EXPECT_GT(largest(made - colored), 1e-3);
}

class Resuming : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("train-" + std::to_string(getpid()));
  const std::string weights = folder / "weights.safetensors", state = folder / "weights.state.safetensors";
};

TEST_F(Resuming, GivesWhatAnUninterruptedTrainingGives) {
  TrainingPlan plan = tiny_plan();
  plan.loss.normal_latent = true;
  Training whole(plan), first(plan);
  for (int i = 0; i < 6; ++i) whole.trainer.step(i / 6.0);
  for (int i = 0; i < 3; ++i) first.trainer.step(i / 6.0);
  save(weights, first.trainer, 12.5, false);

  Training second(plan, first_network(2, {}, weights));
  EXPECT_EQ(resume(weights, second.trainer), 12.5);
  ASSERT_EQ(second.trainer.steps(), 3);
  for (int i = 3; i < 6; ++i) second.trainer.step(i / 6.0);
  EXPECT_LT(difference(second.trainer.average(), whole.trainer.average()), 1e-6);
  for (const auto& [name, tensor] : whole.trainer.state())
    EXPECT_LT(largest(second.trainer.state().at(name) - tensor), 1e-6) << name;
}

TEST_F(Resuming, BeginsAnewAfterTheEnd) {
  Training training(tiny_plan());
  training.trainer.step(0);
  save(weights, training.trainer, 1, false);
  EXPECT_TRUE(std::filesystem::exists(state));
  save(weights, training.trainer, 1, true);
  EXPECT_FALSE(std::filesystem::exists(state));
  Training next(tiny_plan(), first_network(2, {}, weights));
  EXPECT_EQ(resume(weights, next.trainer), 0);
  EXPECT_EQ(next.trainer.steps(), 0);
  EXPECT_EQ(difference(next.trainer.average(), training.trainer.average()), 0);
}

TEST_F(Resuming, GrowingKeepsTheFunction) {
  const auto small = trained({1}, 5);
  write_rescaling(weights, *small, {});
  const Tensor picture = torch::rand({1, 3, 8, 12});
  const auto grown = first_network(2, {3}, weights);
  EXPECT_EQ(grown->levels()[0].size(), 3u);
  EXPECT_LT(largest(grown->shrink(picture).latent - small->shrink(picture).latent), 1e-6);
  EXPECT_LT(largest(grown->enlarge(picture) - small->enlarge(picture)), 1e-6);

  const auto larger = first_network(4, {}, weights);  // the new level halves once more, by the Haar transform
  EXPECT_EQ(larger->levels()[1].size(), 1u);
  const auto [half, rest] = small->shrink(picture);
  const auto [made, latent] = larger->shrink(picture);
  EXPECT_LT(largest(torch::cat({made, latent}, 1) - haar(torch::cat({half, rest}, 1))), 1e-6);
}

TEST_F(Resuming, RefusesToLoseBlocks) {
  write_rescaling(weights, *trained({2}, 5), {});
  EXPECT_THROW(first_network(2, {1}, weights), std::runtime_error);
  write_rescaling(weights, *trained({1, 1}, 5), {});
  EXPECT_THROW(first_network(2, {}, weights), std::runtime_error);
  EXPECT_THROW(first_network(2, {1}, weights), std::runtime_error);
}

// The state of another network is left alone.
TEST_F(Resuming, GoesOnlyWhereTheStateFits) {
  Training training(tiny_plan());
  training.trainer.step(0);
  save(weights, training.trainer, 5, false);
  Training grown(tiny_plan(), first_network(2, {2}, weights));
  EXPECT_EQ(resume(weights, grown.trainer), 0);
  EXPECT_EQ(grown.trainer.steps(), 0);
}

}  // namespace
}  // namespace pentimento
