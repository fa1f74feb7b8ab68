// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/rescaling.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cmath>

#include "nets/fused/coupling.h"
#include "nets/fused/dense_sweep.h"

namespace pentimento {
namespace {

using torch::Tensor;

int64_t parameters(const torch::nn::Module& network) {
  int64_t n = 0;
  for (const Tensor& p : network.parameters()) n += p.numel();
  return n;
}

// Untrained networks do nothing: weights of a size that trained ones have.
void train_a_little(torch::nn::Module& network, uint64_t seed = 1) {
  const torch::NoGradGuard no_grad;
  torch::manual_seed(seed);
  for (Tensor& p : network.parameters())
    p.copy_(torch::randn(p.sizes()) * (p.dim() > 1 ? 0.6 / std::sqrt(static_cast<double>(p[0].numel())) : 0.02));
}

double largest(const Tensor& difference) { return difference.abs().max().item<double>(); }

// A 3 x 3 convolution with zeros around the picture, in double precision.
std::vector<double> convolve(const std::vector<double>& in, int64_t channels, int64_t h, int64_t w,
                             const torch::nn::Conv2d& convolution, bool leaky) {
  const Tensor weight = convolution->weight.detach().to(torch::kDouble).contiguous();
  const auto k = weight.accessor<double, 4>();
  std::vector<double> out;
  for (int64_t o = 0; o < weight.size(0); ++o)
    for (int64_t y = 0; y < h; ++y)
      for (int64_t x = 0; x < w; ++x) {
        double sum = convolution->bias[o].item<double>();
        for (int64_t c = 0; c < channels; ++c)
          for (int64_t i = 0; i < 3; ++i)
            for (int64_t j = 0; j < 3; ++j)
              if (const int64_t v = y + i - 1, u = x + j - 1; v >= 0 && v < h && u >= 0 && u < w)
                sum += k[o][c][i][j] * in[static_cast<size_t>((c * h + v) * w + u)];
        out.push_back(leaky && sum < 0 ? 0.2 * sum : sum);
      }
  return out;
}

std::vector<double> dense_block(const DenseBlock& block, const Tensor& input) {
  const int64_t h = input.size(2), w = input.size(3);
  const Tensor values = input.to(torch::kDouble).contiguous();
  std::vector<double> features(values.data_ptr<double>(), values.data_ptr<double>() + values.numel()), made;
  for (int64_t k = 0; k < DenseBlock::kConvolutions; ++k) {
    made = convolve(features, static_cast<int64_t>(features.size()) / (h * w), h, w, block.convolution(k), k < 4);
    features.insert(features.end(), made.begin(), made.end());
  }
  return made;
}

// What the sweep makes of 1 x C x H x W, in the same shape.
Tensor swept(const DenseBlock& block, const Tensor& input) {
  const Tensor rows = input[0].permute({1, 2, 0}).contiguous();
  const DenseSweep sweep(block);
  const Tensor out = torch::empty({input.size(2), input.size(3), sweep.padded_outputs()});
  DenseSweep::run({&sweep}, {rows.const_data_ptr<float>(), rows.size(0), rows.size(1), rows.size(2), rows.size(2)},
                  [&](int64_t y, int64_t x, int64_t pixels, const std::vector<const float*>& made) {
                    std::copy_n(made[0], pixels * sweep.padded_outputs(), out[y][x].data_ptr<float>());
                  });
  return out.permute({2, 0, 1}).unsqueeze(0).slice(1, 0, block.out_channels());
}

TEST(DenseBlock, IsWhatItsDefinitionSays) {
  for (const auto& [inputs, outputs] : {std::pair{9, 3}, {3, 45}, {45, 3}}) {
    DenseBlock block(inputs, outputs);
    train_a_little(block);
    const Tensor input = torch::rand({1, inputs, 5, 7});
    const std::vector<double> expected = dense_block(block, input);
    const Tensor oracle = torch::tensor(expected, torch::kDouble).view({1, outputs, 5, 7});
    EXPECT_LT(largest(block.forward(input) - oracle), 1e-5);
    EXPECT_LT(largest(swept(block, input) - oracle), 1e-5);
  }
}

// Wider and higher than a tile; at sides of a tile or one more there is one more, or a single row.
TEST(DenseBlock, ComesOutTheSameInTiles) {
  const torch::NoGradGuard no_grad;
  DenseBlock block(9, 3);
  train_a_little(block);
  for (const auto& [h, w] : {std::pair{92, 185}, {89, 88}, {1, 200}, {200, 1}}) {
    const Tensor input = torch::rand({1, 9, h, w});
    EXPECT_LT(largest(swept(block, input) - block.forward(input)), 1e-5) << h << " x " << w;
  }
}

// What was computed of one part of a picture can be relied on wherever that part lies.
TEST(DenseBlock, HasTheSameBitsWhereverTilesLie) {
  DenseBlock block(3, 9);
  train_a_little(block);
  const Tensor input = torch::rand({1, 3, 100, 120});
  const Tensor all = swept(block, input), part = swept(block, input.slice(2, 17).slice(3, 31));
  EXPECT_TRUE(torch::equal(all.slice(2, 22).slice(3, 36), part.slice(2, 5).slice(3, 5)));
}

// The authors count the Haar filters, four numbers for each channel that comes out, which nothing changes.
TEST(Rescaling, HasThePapersSize) {
  EXPECT_EQ(parameters(Rescaling({8})) + 4 * 12, 1'668'000);
  EXPECT_EQ(parameters(Rescaling({8, 8})) + 4 * (12 + 48), 4'355'376);
  EXPECT_EQ(parameters(Rescaling({8, 8, 8})) + 4 * (12 + 48 + 192), 11'120'256);
}

TEST(Rescaling, CallsItsParametersAsTheAuthorsDo) {
  const auto named = Rescaling({8, 8}).named_parameters();
  EXPECT_EQ(named["operations.1.F.conv1.weight"].sizes(), (std::vector<int64_t>{32, 9, 3, 3}));
  EXPECT_EQ(named["operations.8.G.conv5.weight"].sizes(), (std::vector<int64_t>{9, 131, 3, 3}));
  EXPECT_EQ(named["operations.10.F.conv4.weight"].sizes(), (std::vector<int64_t>{32, 141, 3, 3}));
  EXPECT_EQ(named["operations.17.H.conv5.bias"].sizes(), (std::vector<int64_t>{45}));
  EXPECT_FALSE(named.contains("operations.9.F.conv1.weight"));
}

TEST(Haar, HoldsMeansAndDifferences) {
  const Tensor picture = torch::rand({1, 2, 4, 6}), bands = haar(picture);
  for (int64_t c = 0; c < 2; ++c)
    for (int64_t y = 0; y < 2; ++y)
      for (int64_t x = 0; x < 3; ++x) {
        const auto p = [&](int64_t i, int64_t j) { return picture[0][c][2 * y + i][2 * x + j].item<float>(); };
        const auto band = [&](int64_t b) { return bands[0][b * 2 + c][y][x].item<float>(); };
        EXPECT_NEAR(band(0), (p(0, 0) + p(0, 1) + p(1, 0) + p(1, 1)) / 4, 1e-6);
        EXPECT_NEAR(band(1), (p(0, 0) - p(0, 1) + p(1, 0) - p(1, 1)) / 4, 1e-6);
        EXPECT_NEAR(band(2), (p(0, 0) + p(0, 1) - p(1, 0) - p(1, 1)) / 4, 1e-6);
        EXPECT_NEAR(band(3), (p(0, 0) - p(0, 1) - p(1, 0) + p(1, 1)) / 4, 1e-6);
      }
  EXPECT_LT(largest(inverse_haar(bands) - picture), 1e-6);
}

TEST(Rescaling, IsTheHaarTransformBeforeItIsTrained) {
  const torch::NoGradGuard no_grad;
  const Rescaling network({2, 1});
  const Tensor picture = torch::rand({1, 3, 8, 12});
  const Rescaled rescaled = network.shrink(picture);
  EXPECT_LT(largest(rescaled.small - torch::avg_pool2d(picture, 4)), 1e-6);
  EXPECT_LT(largest(network.enlarge(rescaled.small) -
                    torch::avg_pool2d(picture, 4).repeat_interleave(4, 2).repeat_interleave(4, 3)),
            1e-6);
}

class Exactness : public testing::TestWithParam<std::vector<int64_t>> {};

TEST_P(Exactness, HoldsAtAnySize) {
  const torch::NoGradGuard no_grad;
  Rescaling network(GetParam());
  train_a_little(network, 3);
  const int64_t s = network.scale();
  const Done nothing = [](size_t) {};
  for (int64_t h = 1; h <= 2; ++h)
    for (int64_t w = 1; w <= 3; w += 2) {
      const Tensor picture = torch::rand({1, 3, h * s, w * s});
      const Rescaled plain = network.shrink(picture), fused = shrink_on_cpu(network, picture, nothing);
      EXPECT_LT(largest(network.enlarge(plain.small, plain.latent) - picture), 1e-5);
      EXPECT_LT(largest(enlarge_on_cpu(network, fused.small, fused.latent, nothing) - picture), 1e-5);
      EXPECT_LT(largest(fused.small - plain.small), 1e-5);
      EXPECT_LT(largest(fused.latent - plain.latent), 1e-5);
      EXPECT_LT(largest(enlarge_on_cpu(network, plain.small, {}, nothing) - network.enlarge(plain.small)), 1e-5);
      EXPECT_GT(largest(plain.small - torch::avg_pool2d(picture, s)), 1e-3) << "the network does nothing";
    }
}

INSTANTIATE_TEST_SUITE_P(Scales, Exactness,
                         testing::Values(std::vector<int64_t>{8}, std::vector<int64_t>{8, 3},
                                         std::vector<int64_t>{1, 2, 1}));

TEST(Rescaling, LearnsThroughTheRounding) {
  const Tensor values = torch::tensor({-0.5f, 0.1f, 0.5f, 0.9991f, 1.5f}).requires_grad_();
  const Tensor rounded = round_to_8_bits(values);
  EXPECT_TRUE(torch::allclose(rounded, torch::tensor({0.0f, 26 / 255.0f, 128 / 255.0f, 1.0f, 1.0f})));
  (rounded * torch::arange(5)).sum().backward();
  EXPECT_TRUE(torch::equal(values.grad(), torch::arange(5).to(torch::kFloat)));
}

// In bfloat16 the subnets are coarser; the whole stays invertible as far as it goes.
TEST(Rescaling, TrainsInBfloat16) {
  Rescaling network({2});
  train_a_little(network);
  const Tensor picture = torch::rand({2, 3, 8, 8});
  const Rescaled exact = network.shrink(picture), coarse = network.shrink(picture, torch::kBFloat16);
  EXPECT_LT(largest(exact.small - coarse.small), 0.03);
  EXPECT_GT(largest(exact.small - coarse.small), 0);
  coarse.small.sum().backward();
  for (const Tensor& p : network.parameters()) EXPECT_TRUE(p.grad().defined() || p.size(0) == 9) << p.sizes();
}

}  // namespace
}  // namespace pentimento
