// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <string>

#include "imaging/bicubic.h"
#include "imaging/metrics.h"
#include "weights/rescaling_weights.h"

namespace pentimento {
namespace {

using torch::Tensor;

// Stripes of every direction and width, and edges.
Tensor scene() {
  const Tensor y = torch::linspace(-1, 1, 96).view({1, 1, 96, 1}), x = torch::linspace(-1, 1, 96);
  const Tensor rings = 0.5 + 0.3 * torch::sin(60 * (x * x + 0.7 * y * y + 0.3 * x));
  const Tensor disc = (x.square() + y.square() < 0.4).to(torch::kFloat);
  return torch::cat({rings, 0.8 * rings + 0.1 * disc, 0.3 + 0.4 * disc}, 1).clamp(0, 1);
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
  EXPECT_GT(psnr(network->enlarge(small), picture), psnr(bicubic(ordinary, factor), picture) + 3);
}

INSTANTIATE_TEST_SUITE_P(Scales, ShippedWeights, testing::Values(2, 4));

}  // namespace
}  // namespace pentimento
