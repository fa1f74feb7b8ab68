// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <limits>

#include "errors.h"
#include "methods/enhance_detail.h"

namespace pentimento {
namespace {

using torch::Tensor;

Tensor enhance(const Tensor& picture, double amount, double iterations = 50) {
  Monitor monitor([](const Snapshot&) { return Answer::kContinue; }, 1e9);
  Task task;
  task.inputs = {picture};
  task.options.set("amount", amount);
  task.options.set("quality", "fast");
  task.options.set("iterations", iterations);
  task.options.set("device", "cpu");
  task.monitor = &monitor;
  return enhance_detail(task);
}

// Fine waves of low contrast on the left, nothing on the right.
Tensor texture(int64_t h, int64_t w) {
  const Tensor x = torch::arange(w).view({1, 1, 1, w}), y = torch::arange(h).view({1, 1, h, 1});
  const Tensor wave = 0.04 * torch::sin(2.1 * x + 1.3 * y) * (x < w / 2);
  return (torch::tensor({0.4, 0.5, 0.6}).view({1, 3, 1, 1}) + wave).to(torch::kFloat);
}

double contrast(const Tensor& t) { return t.std().item<double>(); }

TEST(EnhanceDetail, StrengthensTextureByTheAmount) {
  const Tensor picture = texture(64, 96);
  const auto left = [](const Tensor& t) { return t.slice(3, 8, 40).slice(1, 0, 1); };
  const Tensor once = enhance(picture, 1), twice = enhance(picture, 2);
  EXPECT_GT(contrast(left(once)), 1.2 * contrast(left(picture)));
  EXPECT_GT(contrast(left(twice)), 1.15 * contrast(left(once)));
  EXPECT_LT((twice - once - (once - picture)).abs().max().item<double>(), 1e-4);
  EXPECT_LT((once - picture).slice(3, 64, 96).abs().max().item<double>(), 2.0 / 255);
  EXPECT_TRUE(torch::equal(enhance(picture, 0), picture));
}

TEST(EnhanceDetail, KeepsMeansAndColours) {
  const Tensor picture = texture(64, 96), got = enhance(picture, 3);
  const Tensor shift = torch::avg_pool2d(got - picture, 32);
  EXPECT_LT(shift.abs().max().item<double>(), 0.5 / 255);
  const Tensor added = got - picture;
  EXPECT_LT((added.slice(1, 0, 1) - added.slice(1, 2, 3)).abs().max().item<double>(), 1e-5);
}

TEST(EnhanceDetail, AStrongEdgeGetsNoHalo) {
  Tensor picture = torch::full({1, 1, 64, 96}, 0.2);
  picture.slice(3, 48).fill_(0.8);
  const Tensor got = enhance(picture, 1);
  EXPECT_LT((got - picture).abs().max().item<double>(), 8.0 / 255);
}

TEST(EnhanceDetail, DoesNotStrengthenNoise) {
  torch::manual_seed(1);
  const Tensor noise = 0.03 * torch::randn({1, 3, 96, 96}), picture = 0.5 + noise;
  EXPECT_LT(contrast(enhance(picture, 2)), 1.1 * contrast(picture));
}

TEST(EnhanceDetail, TakesAnyPicture) {
  Tensor picture = texture(33, 20);
  picture[0][0][4][4] = std::numeric_limits<float>::infinity();
  picture[0][1][5][5] = -2;
  picture[0][2][6][6] = 7;
  const Tensor got = enhance(picture, 5, 2);
  EXPECT_TRUE(got.isfinite().all().item<bool>());
  EXPECT_LT(got[0][1][5][5].item<double>(), -1.5);
  EXPECT_GT(got[0][2][6][6].item<double>(), 6.5);
  EXPECT_EQ(enhance(torch::rand({1, 1, 8, 300}), 1, 2).sizes(), (std::vector<int64_t>{1, 1, 8, 300}));
  EXPECT_THROW(enhance(torch::rand({1, 3, 7, 7}), 1, 2), Error);
  EXPECT_THROW(enhance(picture, 6, 2), Error);
}

}  // namespace
}  // namespace pentimento
