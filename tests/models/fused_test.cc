// SPDX-License-Identifier: GPL-3.0-or-later
// The fused steps against the plain ones of LibTorch that they stand for, values and gradients.
#include "nets/fused/fused.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace pentimento {
namespace {

using torch::Tensor;

Tensor random(at::IntArrayRef shape) {
  return torch::randn(shape).contiguous(torch::MemoryFormat::ChannelsLast).requires_grad_();
}

using Step = std::function<Tensor(const std::vector<Tensor>&)>;

// Runs both on the same inputs and the same gradient from above.
void expect_same(const std::vector<Tensor>& inputs, const Step& fused, const Step& plain) {
  std::vector<Tensor> values, gradients[2];
  Tensor from_above;
  for (const Step& step : {fused, plain}) {
    const Tensor out = step(inputs);
    if (!from_above.defined()) from_above = torch::randn(out.sizes());
    const auto g = torch::autograd::grad({(out * from_above).sum()}, inputs);
    gradients[values.size()] = g;
    values.push_back(out);
  }
  ASSERT_EQ(values[0].sizes(), values[1].sizes());
  EXPECT_LT((values[0] - values[1]).abs().max().item<double>(), 1e-4);
  for (size_t i = 0; i < inputs.size(); ++i)
    EXPECT_LT((gradients[0][i] - gradients[1][i]).abs().max().item<double>(), 2e-4) << "input " << i;
}

class NormaliseActivatePad : public testing::TestWithParam<std::tuple<int, int, int, double, int>> {};

TEST_P(NormaliseActivatePad, IsTheThreeStepsInOne) {
  torch::manual_seed(2);
  const auto [c, h, w, slope, pad] = GetParam();
  const std::vector<Tensor> inputs = {random({1, c, h, w}), torch::randn({c}).requires_grad_(),
                                      torch::randn({c}).requires_grad_()};
  expect_same(
      inputs,
      [&](const std::vector<Tensor>& in) { return normalise_activate_pad(in[0] + 0, in[1], in[2], slope, pad); },
      [&](const std::vector<Tensor>& in) {
        const Tensor normal = torch::batch_norm(in[0], in[1], in[2], {}, {}, true, 0, 1e-5, false);
        const Tensor active = torch::leaky_relu(normal, slope);
        return pad ? torch::reflection_pad2d(active, {pad, pad, pad, pad}) : active;
      });
}

INSTANTIATE_TEST_SUITE_P(Shapes, NormaliseActivatePad,
                         testing::Values(std::tuple(3, 5, 7, 0.2, 1), std::tuple(4, 2, 2, 0.2, 1),
                                         std::tuple(17, 40, 3, 1.0, 1), std::tuple(5, 3, 4, 1.0, 0),
                                         std::tuple(8, 70, 33, 0.2, 0)));

class ConvolveToFew : public testing::TestWithParam<std::tuple<int, int, int, int>> {};

TEST_P(ConvolveToFew, IsAPointwiseConvolution) {
  torch::manual_seed(4);
  const auto [c, outputs, h, w] = GetParam();
  const std::vector<Tensor> inputs = {random({1, c, h, w}), random({outputs, c, 1, 1}),
                                      torch::randn({outputs}).requires_grad_()};
  ASSERT_TRUE(few_outputs(inputs[0], inputs[1]));
  expect_same(
      inputs, [](const std::vector<Tensor>& in) { return convolve_to_few(in[0], in[1], in[2], torch::kFloat); },
      [](const std::vector<Tensor>& in) { return torch::conv2d(in[0], in[1], in[2]); });
}

INSTANTIATE_TEST_SUITE_P(Shapes, ConvolveToFew,
                         testing::Values(std::tuple(16, 1, 3, 5), std::tuple(32, 2, 40, 3), std::tuple(48, 3, 7, 9),
                                         std::tuple(128, 4, 5, 6)));

TEST(ConvolveToFew, NeedsNoBias) {
  torch::manual_seed(5);
  expect_same(
      {random({1, 32, 5, 6}), random({4, 32, 1, 1})},
      [](const std::vector<Tensor>& in) { return convolve_to_few(in[0], in[1], {}, torch::kFloat); },
      [](const std::vector<Tensor>& in) { return torch::conv2d(in[0], in[1]); });
}

TEST(ConvolveToFew, KnowsWhatItCanTake) {
  EXPECT_FALSE(few_outputs(random({1, 16, 4, 4}), random({5, 16, 1, 1}))) << "too many outputs";
  EXPECT_FALSE(few_outputs(random({1, 12, 4, 4}), random({3, 12, 1, 1}))) << "not a vector's length";
  EXPECT_FALSE(few_outputs(random({1, 16, 4, 4}), random({3, 16, 3, 3}))) << "not pointwise";
}

class JoinEnlarged : public testing::TestWithParam<std::tuple<int, int, int, int>> {};

TEST_P(JoinEnlarged, IsInterpolationAndConcatenation) {
  torch::manual_seed(3);
  const auto [s, d, h, w] = GetParam();
  expect_same(
      {random({1, s, h, w}), random({1, d, (h + 1) / 2, (w + 1) / 2})},
      [](const std::vector<Tensor>& in) { return join_enlarged(in[0] + 0, in[1] + 0); },
      [h = h, w = w](const std::vector<Tensor>& in) {
        const Tensor large = torch::upsample_bilinear2d(in[1], {2 * in[1].size(2), 2 * in[1].size(3)}, false);
        return torch::cat({in[0], large.slice(2, 0, h).slice(3, 0, w)}, 1);
      });
}

INSTANTIATE_TEST_SUITE_P(Shapes, JoinEnlarged,
                         testing::Values(std::tuple(2, 3, 6, 8), std::tuple(4, 16, 7, 5), std::tuple(1, 2, 1, 1),
                                         std::tuple(3, 4, 2, 71), std::tuple(4, 5, 65, 2)));

TEST(Fused, RefusesWhatItCannotDo) {
  const Tensor one = torch::ones({3});
  EXPECT_THROW(normalise_activate_pad(torch::rand({2, 3, 4, 4}), one, one, 0.2, 0), c10::Error);
  EXPECT_THROW(normalise_activate_pad(random({1, 3, 1, 4}), one, one, 0.2, 1), c10::Error);
  EXPECT_THROW(join_enlarged(random({1, 3, 4, 4}), random({1, 3, 3, 3})), c10::Error);
  EXPECT_FALSE(fusable(torch::rand({1, 3, 4, 4}).to(torch::kDouble)));
}

TEST(Fused, GivesTheSameBitsWhateverTheThreads) {
  torch::manual_seed(4);
  const Tensor x = random({1, 6, 37, 29}), w = torch::randn({6}), b = torch::randn({6});
  const int threads = torch::get_num_threads();
  torch::set_num_threads(1);
  const Tensor one = normalise_activate_pad(x + 0, w, b, 0.2, 1);
  torch::set_num_threads(3);
  const Tensor three = normalise_activate_pad(x + 0, w, b, 0.2, 1);
  torch::set_num_threads(threads);
  EXPECT_TRUE(torch::equal(one, three));
}

}  // namespace
}  // namespace pentimento
