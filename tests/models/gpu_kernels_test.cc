// SPDX-License-Identifier: GPL-3.0-or-later
// The GPU's kernels, run on the CPU, against LibTorch's plain steps in double precision, values and gradients; and the
// hourglass as a GPU computes it.
#include <ATen/autocast_mode.h>
#include <gtest/gtest.h>
#include <torch/library.h>

#include <functional>
#include <vector>

#include "fit/guard.h"
#include "kernels_stand_in.h"
#include "nets/fused/fused.h"
#include "nets/fused/gpu/steps.h"
#include "nets/hourglass.h"

namespace pentimento {
namespace {

using torch::Tensor;

KernelsStandIn kernels_of_a_gpu;

Tensor picture(torch::ScalarType element, at::IntArrayRef shape) {
  return torch::randn(shape).to(element).contiguous(torch::MemoryFormat::ChannelsLast).requires_grad_();
}

using Step = std::function<Tensor(const std::vector<Tensor>&)>;

double distance(const Tensor& a, const Tensor& b) {
  return ((a.to(torch::kDouble) - b).abs() / (1 + b.abs())).max().item<double>();
}

// Channels that only round a pixel's bytes up are zero, and their gradient counts for nothing.
void expect_same(const std::vector<Tensor>& inputs, const Step& fused, const Step& plain) {
  const WithKernels on_a_gpu(kernels_of_a_gpu);
  ASSERT_TRUE(fusable(inputs[0]));
  const int before = kernels_of_a_gpu.launches;
  const Tensor ours = fused(inputs);
  EXPECT_GT(kernels_of_a_gpu.launches, before);
  std::vector<Tensor> exact;
  for (const Tensor& t : inputs) exact.push_back(t.detach().to(torch::kDouble).requires_grad_());
  const Tensor theirs = plain(exact);
  const int64_t own = theirs.size(1);
  ASSERT_TRUE(ours.is_contiguous(torch::MemoryFormat::ChannelsLast));
  ASSERT_EQ(ours.narrow(1, 0, own).sizes(), theirs.sizes());
  EXPECT_EQ(ours.narrow(1, own, ours.size(1) - own).abs().sum().item<double>(), 0);

  const Tensor from_above = torch::randn(ours.sizes()).to(ours.scalar_type());
  const auto mine = torch::autograd::grad({ours}, inputs, {from_above});
  const auto right = torch::autograd::grad({theirs}, exact, {from_above.narrow(1, 0, own).to(torch::kDouble)});
  const bool single = inputs[0].scalar_type() == torch::kFloat;
  EXPECT_LT(distance(ours.narrow(1, 0, own), theirs), single ? 2e-5 : 4e-3);
  for (size_t i = 0; i < inputs.size(); ++i) {
    EXPECT_EQ(mine[i].scalar_type(), inputs[i].scalar_type());
    EXPECT_LT(distance(mine[i], right[i]), single || inputs[i].scalar_type() == torch::kFloat ? 1e-4 : 4e-3) << i;
  }
}

Tensor reflected(const Tensor& t, int64_t pad) { return torch::reflection_pad2d(t, {pad, pad, pad, pad}); }

struct Case {
  torch::ScalarType element;
  int64_t channels, height, width;
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << c.element << " " << c.channels << " x " << c.height << " x " << c.width;
}

class OnKernels : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override { torch::manual_seed(5); }
  Case at_ = GetParam();
  std::vector<Tensor> normalised_inputs(int64_t real) const {
    return {picture(at_.element, {1, at_.channels, at_.height, at_.width}), torch::randn({real}).requires_grad_(),
            torch::randn({real}).requires_grad_()};
  }
};

TEST_P(OnKernels, NormaliseActivatePad) {
  for (const auto& [slope, pad] : std::vector<std::pair<double, int64_t>>{{0.2, 1}, {1.0, 1}, {0.2, 0}}) {
    if (std::min(at_.height, at_.width) <= pad) continue;
    expect_same(
        normalised_inputs(at_.channels),
        [&, slope = slope, pad = pad](const auto& in) {
          return normalise_activate_pad(in[0], in[1], in[2], slope, pad);
        },
        [slope = slope, pad = pad](const auto& in) {
          const Tensor normal = torch::batch_norm(in[0], in[1], in[2], {}, {}, true, 0, 1e-5, false);
          const Tensor active = torch::leaky_relu(normal, slope);
          return pad ? reflected(active, pad) : active;
        });
  }
}

TEST_P(OnKernels, PadReflected) {
  for (const int64_t pad : {1, 2}) {
    if (std::min(at_.height, at_.width) <= pad) continue;
    expect_same(
        {picture(at_.element, {1, at_.channels, at_.height, at_.width})},
        [&](const auto& in) { return pad_reflected(in[0], pad); },
        [&](const auto& in) { return reflected(in[0], pad); });
  }
}

TEST_P(OnKernels, Cut) {
  for (const int64_t rim : {0, 1, 2}) {
    if (std::min(at_.height, at_.width) <= 2 * rim) continue;
    expect_same(
        {picture(at_.element, {1, at_.channels, at_.height, at_.width})},
        [&](const auto& in) { return cut(in[0], rim); },
        [&](const auto& in) { return in[0].slice(2, rim, at_.height - rim).slice(3, rim, at_.width - rim); });
  }
}

TEST_P(OnKernels, JoinEnlarged) {
  for (const int64_t skip : {1, 4, 8}) {
    const auto [element, deep, h, w] = at_;
    if (deep > 250) continue;  // more threads than a block has, where lanes are one channel wide
    expect_same(
        {picture(element, {1, skip, h, w}), picture(element, {1, deep, (h + 1) / 2, (w + 1) / 2})},
        [](const auto& in) { return join_enlarged(in[0], in[1]); },
        [h = h, w = w](const auto& in) {
          const Tensor large = torch::upsample_bilinear2d(in[1], {2 * in[1].size(2), 2 * in[1].size(3)}, false);
          return torch::cat({in[0], large.slice(2, 0, h).slice(3, 0, w)}, 1);
        });
  }
}

TEST_P(OnKernels, ConvolveToFew) {
  for (const int64_t outputs : {1, 3, 4})
    for (const torch::ScalarType result : {torch::kFloat, at_.element}) {
      const std::vector<Tensor> inputs = {picture(at_.element, {1, at_.channels, at_.height, at_.width}),
                                          torch::randn({outputs, at_.channels, 1, 1}).requires_grad_(),
                                          torch::randn({outputs}).requires_grad_()};
      expect_same(
          inputs, [&](const auto& in) { return convolve_to_few(in[0], in[1], in[2], result); },
          [](const auto& in) { return torch::conv2d(in[0], in[1], in[2]); });
    }
}

// Lanes of 8, 4 and 1; more rows, columns and pixels than a grid has threads for; sides down to one.
INSTANTIATE_TEST_SUITE_P(Shapes, OnKernels,
                         testing::Values(Case{torch::kFloat, 4, 5, 7}, Case{torch::kFloat, 3, 2, 2},
                                         Case{torch::kFloat, 20, 800, 3}, Case{torch::kFloat, 1, 2100, 3},
                                         Case{torch::kFloat, 255, 62, 51}, Case{torch::kFloat, 8, 1, 1},
                                         Case{torch::kBFloat16, 8, 5, 7}, Case{torch::kBFloat16, 12, 33, 18},
                                         Case{torch::kBFloat16, 3, 4, 6}, Case{torch::kBFloat16, 136, 65, 50},
                                         Case{torch::kBFloat16, 40, 6, 301}));

TEST(OnKernels, ConvolveToFewWithoutBias) {
  torch::manual_seed(7);
  expect_same(
      {picture(torch::kBFloat16, {1, 16, 9, 7}), torch::randn({4, 16, 1, 1}).requires_grad_()},
      [](const auto& in) { return gpu::convolve_to_few(in[0], in[1], {}, torch::kBFloat16); },
      [](const auto& in) { return torch::conv2d(in[0], in[1]); });
}

TEST(OnKernels, FewerWeightsThanChannelsLeaveZeros) {
  torch::manual_seed(6);
  const WithKernels on_a_gpu(kernels_of_a_gpu);
  Tensor wide = picture(torch::kBFloat16, {1, 16, 6, 5}).detach();
  wide.narrow(1, 13, 3).zero_();
  wide.requires_grad_();
  const Tensor weight = torch::randn({13}).requires_grad_(), bias = torch::randn({13}).requires_grad_();
  const Tensor out = normalise_activate_pad(wide, weight, bias, 0.2, 1);
  EXPECT_EQ(out.narrow(1, 13, 3).abs().sum().item<float>(), 0);
  const auto gradients = torch::autograd::grad({out}, {wide, weight}, {torch::randn(out.sizes())});
  EXPECT_EQ(gradients[0].narrow(1, 13, 3).abs().sum().item<float>(), 0);
  EXPECT_EQ(gradients[1].numel(), 13);
}

TEST(OnKernels, KnowWhatABlockCanTake) {
  const WithKernels on_a_gpu(kernels_of_a_gpu);
  const auto channels = [](int64_t c) { return picture(torch::kFloat, {1, c, 2, 2}); };
  EXPECT_TRUE(fusable(channels(256)) && fusable(channels(1024)) && fusable(channels(255)));
  EXPECT_FALSE(fusable(channels(257)) || fusable(channels(1028)));
  EXPECT_TRUE(joinable(channels(4), picture(torch::kFloat, {1, 512, 1, 1})));
  EXPECT_FALSE(joinable(channels(3), picture(torch::kFloat, {1, 512, 1, 1})));
}

TEST(OnKernels, RoundsToBfloat16AsLibTorchDoes) {
  const Tensor numbers = torch::cat(
      {torch::randn({1000}), torch::tensor({0.0f, -0.0f, 1e-40f, 3.4e38f, INFINITY, 1 + 1 / 256.0f, 1 + 3 / 256.0f})});
  const Tensor rounded = numbers.to(torch::kBFloat16).to(torch::kFloat);
  for (int64_t i = 0; i < numbers.numel(); ++i) {
    kernels::Bfloat16 x;
    kernels::assign(x, numbers[i].item<float>());
    EXPECT_EQ(kernels::number(x), rounded[i].item<float>()) << numbers[i];
  }
}

// A network, its estimate, and the gradient of something of it.
struct Outcome {
  std::vector<Tensor> values;
  Outcome(const HourglassOptions& options, int64_t h, int64_t w) {
    torch::manual_seed(8);
    Hourglass net(options);
    const Guard lays_out(net.parameters());
    const Tensor input = torch::randn({1, options.in_channels, h, w}).contiguous(torch::MemoryFormat::ChannelsLast);
    const Tensor out = net.forward(input);
    values.push_back(out);
    const Tensor target = torch::linspace(0, 1, out.numel()).view_as(out);
    for (const Tensor& g : torch::autograd::grad({torch::mse_loss(out, target)}, net.parameters())) values.push_back(g);
  }
};

class Bfloat16Convolutions {
 public:
  Bfloat16Convolutions() {
    at::autocast::set_autocast_enabled(at::kCPU, true);
    at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
    at::autocast::set_autocast_cache_enabled(false);
  }
  ~Bfloat16Convolutions() {
    at::autocast::set_autocast_enabled(at::kCPU, false);
    at::autocast::set_autocast_cache_enabled(true);
  }
};

HourglassOptions small_network() { return HourglassOptions::uniform(3, 3, 16, 4, 3); }

TEST(HourglassOnKernels, IsTheSameNetwork) {
  for (const auto& [h, w] : std::vector<std::pair<int64_t, int64_t>>{{32, 40}, {27, 33}}) {
    const Outcome plain(small_network(), h, w);
    const WithKernels on_a_gpu(kernels_of_a_gpu);
    const int before = kernels_of_a_gpu.launches;
    const Outcome ours(small_network(), h, w);
    EXPECT_GT(kernels_of_a_gpu.launches, before);
    for (size_t i = 0; i < plain.values.size(); ++i)
      EXPECT_LT((ours.values[i] - plain.values[i]).abs().max().item<float>(), 1e-4) << i;
  }
}

TEST(HourglassOnKernels, IsNearlyTheSameInBfloat16) {
  const Outcome plain(small_network(), 32, 40);
  const WithKernels on_a_gpu(kernels_of_a_gpu);
  const Bfloat16Convolutions precision;
  const Outcome ours(small_network(), 32, 40);
  EXPECT_EQ(ours.values[0].scalar_type(), torch::kFloat);
  EXPECT_LT((ours.values[0] - plain.values[0]).abs().max().item<float>(), 0.05);
  const auto line = [](const Outcome& outcome) {
    std::vector<Tensor> all;
    for (size_t i = 1; i < outcome.values.size(); ++i) all.push_back(outcome.values[i].flatten());
    return torch::cat(all);
  };
  EXPECT_GT(torch::cosine_similarity(line(ours), line(plain), 0).item<float>(), 0.98);
}

// What the convolutions see, and how often whole pictures are laid out anew, while one network runs.
struct Seen {
  int convolutions = 0, others = 0, copies = 0;
};
Seen* seen = nullptr;

void watch(const c10::OperatorHandle& operation, torch::jit::Stack* stack) {
  const std::string& name = operation.schema().name();
  const size_t first = stack->size() - operation.schema().arguments().size();
  const auto is_fit = [&](size_t i) {
    const Tensor t = (*stack)[first + i].toTensor();
    return t.is_contiguous(torch::MemoryFormat::ChannelsLast) && t.scalar_type() == torch::kBFloat16;
  };
  if (name == "aten::conv2d") ++seen->convolutions, seen->others += !is_fit(0);
  if (name == "aten::convolution_backward") ++seen->convolutions, seen->others += !is_fit(0) + !is_fit(1);
  if (name == "aten::contiguous" || name == "aten::clone" || name == "aten::to") {
    const Tensor t = (*stack)[first].toTensor();
    if (t.dim() == 4 && t.numel() >= 32 * 32 * 16 && !is_fit(0)) ++seen->copies;
  }
  const c10::impl::ExcludeDispatchKeyGuard below(c10::DispatchKey::TESTING_ONLY_GenericMode);
  operation.callBoxed(stack);
}

TORCH_LIBRARY_IMPL(_, TESTING_ONLY_GenericMode, library) {
  library.fallback(torch::CppFunction::makeFromBoxedFunction<&watch>());
}

TEST(HourglassOnKernels, KeepsChannelsInnermostFromEntryToExit) {
  const WithKernels on_a_gpu(kernels_of_a_gpu);
  ASSERT_TRUE(fusable(picture(torch::kBFloat16, {1, 16, 8, 8})) && fusable(picture(torch::kBFloat16, {1, 4, 8, 8})));
  const Bfloat16Convolutions precision;
  Seen all;
  seen = &all;
  {
    const c10::impl::IncludeDispatchKeyGuard watched(c10::DispatchKey::TESTING_ONLY_GenericMode);
    const Outcome outcome(small_network(), 32, 32);
  }
  EXPECT_EQ(all.convolutions, 2 * 3 * 4) << "of each scale down, same, up, pointwise; the others have few outputs";
  EXPECT_EQ(all.others, 0);
  EXPECT_EQ(all.copies, 0);
}

struct Broken : gpu::Kernels {
  void launch(const char*, torch::ScalarType, int, const gpu::Grid&, void*) override {
    throw std::runtime_error("no kernels today");
  }
};

// One kernel is wrong: what it should have added is not there.
struct Wrong : KernelsStandIn {
  void launch(const char* name, torch::ScalarType element, int lanes, const gpu::Grid& grid, void* arguments) override {
    if (std::string(name) == "join_gradient")
      std::memset(static_cast<kernels::JoinGradientArguments*>(arguments)->by_deep, 0, 16);
    else
      KernelsStandIn::launch(name, element, lanes, grid, arguments);
  }
};

TEST(HourglassOnKernels, DoesWithoutKernelsThatFail) {
  const Outcome plain(small_network(), 27, 33);
  static Broken broken;
  static Wrong wrong;
  for (gpu::Kernels* kernels : {static_cast<gpu::Kernels*>(&broken), static_cast<gpu::Kernels*>(&wrong)}) {
    const WithKernels on_a_gpu(*kernels);
    EXPECT_FALSE(fusable(picture(torch::kFloat, {1, 8, 8, 8})));
    const Outcome ours(small_network(), 27, 33);
    for (size_t i = 0; i < plain.values.size(); ++i)
      EXPECT_LT((ours.values[i] - plain.values[i]).abs().max().item<float>(), 1e-4) << i;
  }
}

}  // namespace
}  // namespace pentimento
