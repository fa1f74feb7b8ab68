// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <string>

#include "imaging/bicubic.h"
#include "imaging/metrics.h"
#include "imaging/resample.h"
#include "train/degradations.h"
#include "weights/rescaling_weights.h"
#include "weights/restorer_weights.h"

namespace pentimento {
namespace {

using torch::Tensor;

// As much detail at each size as photographs have of it, and an edge.
Tensor scene() {
  torch::manual_seed(1);
  Tensor picture = torch::full({1, 3, 96, 96}, 0.5);
  double strength = 0.02;
  for (int64_t side = 96; side > 2; side /= 2, strength *= 1.6)
    picture = picture + strength * enlarge(torch::randn({1, 1, side, side}), 96, 96);
  const Tensor y = torch::linspace(-1, 1, 96).view({1, 1, 96, 1}), x = torch::linspace(-1, 1, 96);
  const Tensor tint = torch::tensor({0.2, 0.1, -0.2}).view({1, 3, 1, 1});
  return (picture + tint * (x.square() + y.square() < 0.4)).clamp(0, 1).to(torch::kFloat);
}

class ShippedWeights : public testing::TestWithParam<int64_t> {};

TEST_P(ShippedWeights, RestoreWhatTheyShrink) {
  const torch::NoGradGuard no_grad;
  const int64_t scale = GetParam();
  const auto network = read_rescaling(SHIPPED_WEIGHTS "/irn-x" + std::to_string(scale) + ".safetensors", scale);
  const auto factor = static_cast<double>(scale);
  const Tensor picture = scene(), ordinary = bicubic(picture, 1 / factor);
  const Tensor small = round_to_8_bits(network->shrink(picture).small);
  EXPECT_GT(psnr(small, ordinary), 32);
  EXPECT_GT(psnr(network->enlarge(small), picture), psnr(bicubic(ordinary, factor), picture) + 1);
}

INSTANTIATE_TEST_SUITE_P(Scales, ShippedWeights, testing::Values(2, 4));

class ShippedRestorers : public testing::TestWithParam<const char*> {};

TEST_P(ShippedRestorers, RestoreTheDegradedAndSpareTheClean) {
  const torch::NoGradGuard no_grad;
  const std::string task = GetParam();
  const auto network = read_restorer(SHIPPED_WEIGHTS "/restore-" + task + ".safetensors", task);
  int64_t parameters = 0;
  for (const Tensor& p : network->parameters()) parameters += p.numel();
  EXPECT_LE(parameters, 1'500'000);
  for (const double ratio : network->dimension_ratios()) EXPECT_GE(ratio, 1);

  // Fields of colour with the detail of a scene. Dark fields could be shadows, and darker ones always look like some.
  torch::manual_seed(3);
  const Tensor fields = torch::upsample_nearest2d(torch::rand({6, 3, 5, 5}), {128, 128});
  const double least = task == "shadow" ? 0.5 : 0.15, most = task == "shadow" ? 8 : 3;
  const Tensor clean = (least + (0.85 - least) * fields + 2 * (enlarge(scene(), 128, 128) - 0.5)).clamp(0, 1);
  torch::manual_seed(2);
  const Tensor degraded = find_degradation(task)(clean);
  EXPECT_GT(psnr(network->forward(degraded), clean), psnr(degraded, clean) + 3);
  EXPECT_LT((network->forward(clean).clamp(0, 1) - clean).abs().mean().item<double>(), most / 255);
}

INSTANTIATE_TEST_SUITE_P(Tasks, ShippedRestorers, testing::Values("rain", "haze", "shadow"));

}  // namespace
}  // namespace pentimento
