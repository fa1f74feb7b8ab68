// SPDX-License-Identifier: GPL-3.0-or-later
// Our own convolutions against LibTorch's steps in double precision, values and gradients.
#include <gtest/gtest.h>

#include <vector>

#include "nets/fused/fused.h"

namespace pentimento {
namespace {

using torch::Tensor;

struct Case {
  int64_t inputs, outputs, h, w, kernel;
  double slope = 0.2;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.inputs << " to " << c.outputs << " channels, " << c.h << " x " << c.w << ", kernel " << c.kernel;
}

// Input, the normalisation's weight and bias, the kernel.
std::vector<Tensor> operands(const Case& c) {
  const double deviation = 1 / std::sqrt(static_cast<double>(c.inputs * c.kernel * c.kernel));
  std::vector<Tensor> all = {3 * torch::randn({1, c.inputs, c.h, c.w}) + 1, torch::rand({c.inputs}) + 0.5,
                             torch::randn({c.inputs}),
                             deviation * torch::randn({c.outputs, c.inputs, c.kernel, c.kernel})};
  all[0] = all[0].contiguous(torch::MemoryFormat::ChannelsLast);
  for (Tensor& t : all) t.requires_grad_();
  return all;
}

// The result and the gradients by all operands.
std::vector<Tensor> with_gradients(const Tensor& result, const std::vector<Tensor>& operands,
                                   const Tensor& from_above) {
  std::vector<Tensor> all = torch::autograd::grad({(result * from_above).sum()}, operands);
  all.push_back(result);
  return all;
}

std::vector<Tensor> ours(const std::vector<Tensor>& o, double slope, const Tensor& from_above) {
  return with_gradients(normalise_activate_convolve(o[0], o[1], o[2], slope, o[3]), o, from_above);
}

class NormaliseActivateConvolve : public testing::TestWithParam<Case> {};

TEST_P(NormaliseActivateConvolve, IsTheFourStepsInOne) {
  torch::manual_seed(6);
  const Case c = GetParam();
  const std::vector<Tensor> single = operands(c);
  const Tensor from_above = torch::randn({1, c.outputs, c.h, c.w});
  const std::vector<Tensor> got = ours(single, c.slope, from_above);

  std::vector<Tensor> o;
  for (const Tensor& t : single) o.push_back(t.detach().to(torch::kDouble).requires_grad_());
  const int64_t pad = c.kernel / 2;
  Tensor x = torch::leaky_relu(torch::batch_norm(o[0], o[1], o[2], {}, {}, true, 0, 1e-5, false), c.slope);
  if (pad > 0) x = torch::reflection_pad2d(x, {pad, pad, pad, pad});
  const std::vector<Tensor> expected = with_gradients(torch::conv2d(x, o[3]), o, from_above.to(torch::kDouble));

  const char* const names[] = {"by input", "by weight", "by bias", "by kernel", "result"};
  for (size_t i = 0; i < got.size(); ++i) {
    ASSERT_EQ(got[i].sizes(), expected[i].sizes()) << names[i];
    const double scale = std::max(1e-3, expected[i].abs().max().item<double>());
    EXPECT_LT((got[i] - expected[i]).abs().max().item<double>(), 1e-4 * scale) << names[i];
  }
}

INSTANTIATE_TEST_SUITE_P(Winograd, NormaliseActivateConvolve,
                         testing::Values(Case{16, 16, 2, 2, 3}, Case{16, 17, 3, 2, 3}, Case{33, 16, 4, 5, 3},
                                         Case{36, 32, 9, 6, 3}, Case{20, 48, 17, 50, 3, 1.0}, Case{132, 64, 5, 13, 3},
                                         Case{64, 132, 12, 4, 3}, Case{24, 80, 31, 33, 3}));
INSTANTIATE_TEST_SUITE_P(Pointwise, NormaliseActivateConvolve,
                         testing::Values(Case{16, 16, 1, 9, 1}, Case{19, 23, 5, 3, 1}, Case{132, 36, 11, 2, 1},
                                         Case{48, 80, 13, 20, 1, 1.0}));

TEST(NormaliseActivateConvolve, GivesTheSameBitsWhateverTheThreads) {
  torch::manual_seed(7);
  const int threads = torch::get_num_threads();
  for (const Case& c : {Case{36, 32, 45, 39, 3}, Case{36, 32, 45, 39, 1}}) {
    const std::vector<Tensor> o = operands(c);
    const Tensor from_above = torch::randn({1, c.outputs, c.h, c.w});
    torch::set_num_threads(1);
    const std::vector<Tensor> one = ours(o, c.slope, from_above);
    torch::set_num_threads(3);
    const std::vector<Tensor> three = ours(o, c.slope, from_above);
    torch::set_num_threads(threads);
    for (size_t i = 0; i < one.size(); ++i) EXPECT_TRUE(torch::equal(one[i], three[i])) << i;
  }
}

TEST(NormaliseActivateConvolve, KnowsWhatItCanTake) {
  const auto pays = [](const Case& c) {
    const std::vector<Tensor> o = operands(c);
    return tiled_convolution_pays(o[0], o[3]);
  };
  EXPECT_TRUE(pays({48, 52, 64, 64, 3}));
  EXPECT_TRUE(pays({48, 52, 64, 64, 1}));
  EXPECT_FALSE(pays({8, 48, 64, 64, 3})) << "too few channels";
  EXPECT_FALSE(pays({48, 8, 64, 64, 1})) << "too few outputs";
  EXPECT_FALSE(pays({48, 48, 64, 64, 5})) << "another kernel";
  const std::vector<Tensor> o = operands({16, 16, 1, 8, 3});
  EXPECT_THROW(normalise_activate_convolve(o[0], o[1], o[2], 1, o[3]), c10::Error) << "nothing to mirror";
}

}  // namespace
}  // namespace pentimento
