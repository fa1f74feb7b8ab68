// SPDX-License-Identifier: GPL-3.0-or-later
// What only a GPU can show; skipped where there is none.
#include "fit/cuda.h"

#include <gtest/gtest.h>

#include <cuda_runtime_api.h>
#include <dlfcn.h>

#include "fit/loop.h"
#include "fit/schedule.h"
#include "nets/fused/fused.h"
#include "nets/fused/gpu/nvrtc.h"
#include "nets/hourglass.h"

namespace pentimento {
namespace {

using torch::Tensor;

class Cuda : public testing::Test {
 protected:
  void SetUp() override {
    if (!torch::cuda::is_available()) GTEST_SKIP() << "no usable GPU";
  }
  torch::Device gpu_ = torch::kCUDA;
};

at::Generator generator() {
  at::Generator g = at::globalContext().defaultGenerator(torch::kCUDA).clone();
  g.set_current_seed(7);
  return g;
}

TEST_F(Cuda, ReplaysWhatWasRecordedWithNewNumbersEachTime) {
  const OwnStream stream(gpu_);
  const at::Generator draws = generator();
  const Tensor count = torch::zeros({1}, gpu_), noise = torch::zeros({1000}, gpu_);
  const auto work = [&] {
    count.add_(1);
    noise.normal_(0, 1, draws);
  };
  work();
  const auto graph = make_graph(gpu_);
  graph->record(work, draws);
  EXPECT_EQ(count.item<float>(), 1) << "recording does nothing";
  graph->replay();
  const Tensor first = noise.clone();
  graph->replay();
  EXPECT_EQ(count.item<float>(), 3);
  EXPECT_FALSE(torch::equal(first, noise));
  EXPECT_NEAR(noise.std().item<float>(), 1, 0.1);
}

TEST_F(Cuda, AFailedRecordingLeavesTheDeviceUsable) {
  const OwnStream stream(gpu_);
  const at::Generator draws = generator();
  const Tensor noise = torch::zeros({10}, gpu_);
  const auto graph = make_graph(gpu_);
  EXPECT_ANY_THROW(graph->record(
      [&] {
        torch::rand({5}, gpu_);
        noise.normal_(0, 1, draws);
        noise.sum().item<float>();  // waits, which cannot be recorded
      },
      draws));
  EXPECT_NO_THROW(noise.normal_(0, 1, draws));
  EXPECT_NO_THROW(torch::rand({5}, gpu_));
  EXPECT_GT(noise.abs().sum().item<float>(), 0);
}

Problem problem_on(const torch::Device& device) {
  torch::manual_seed(3);
  const auto net = std::make_shared<Hourglass>(HourglassOptions::uniform(4, 3, 16, 4, 3));
  net->to(device);
  const Tensor target = torch::linspace(0, 1, 3 * 64 * 64).view({1, 3, 64, 64}).to(device);
  return Problem::single({net, (torch::rand({1, 4, 64, 64}) * 0.1).to(device), 0.03},
                         [target](const Tensor& out) { return torch::mse_loss(out, target); });
}

FitResult fit_on(const torch::Device& device, const MakeGraph& graph) {
  Monitor monitor([](const Snapshot&) { return Answer::kContinue; }, 1e9);
  return fit(problem_on(device), {0.01, 200, 0.95, 5, {}}, monitor, [](const Tensor& e) { return e; }, graph);
}

// Kernels may add in another order from run to run, so the fits are near each other, not equal.
TEST_F(Cuda, FitsFromAGraphAsItDoesEagerlyAndOnTheProcessor) {
  const FitResult replayed = fit_on(gpu_, make_graph);
  const FitResult eager = fit_on(gpu_, [](const torch::Device&) { return nullptr; });
  const FitResult processor = fit_on(torch::kCPU, make_graph);
  EXPECT_EQ(replayed.iterations, 200);
  EXPECT_LT(torch::mse_loss(replayed.estimate, eager.estimate).item<double>(), 1e-3);
  EXPECT_LT(torch::mse_loss(replayed.estimate.cpu(), processor.estimate).item<double>(), 1e-3);
}

TEST_F(Cuda, StopsEarlyFromAGraph) {
  Monitor monitor([](const Snapshot&) { return Answer::kContinue; }, 1e9);
  const Recipe recipe = {0.02, 2000, 0.95, 3, EarlyStoppingOptions{10, 15, 20, 1000}};
  const FitResult r = fit(problem_on(gpu_), recipe, monitor, [](const Tensor& e) { return e; });
  EXPECT_LT(r.iterations, 2000);
  EXPECT_TRUE(torch::isfinite(r.estimate).all().item<bool>());
}

TEST_F(Cuda, HasKernelsThatAgreeWithLibTorch) {
  for (const torch::ScalarType element : {torch::kFloat, torch::kBFloat16})
    for (const int64_t channels : {8, 4, 3}) {
      if (element == torch::kBFloat16 && !has_fast_bfloat16(gpu_)) continue;
      const Tensor picture = torch::zeros({1, channels, 8, 8}, torch::dtype(element).device(gpu_));
      EXPECT_TRUE(fusable(picture.contiguous(torch::MemoryFormat::ChannelsLast))) << element << " " << channels;
    }
}

// Takes NVRTC, but no GPU.
TEST(Nvrtc, TakesTheKernels) {
  const std::string library = "libnvrtc.so." + std::to_string(CUDART_VERSION / 1000);
  if (!dlopen(library.c_str(), RTLD_LAZY)) GTEST_SKIP() << "no " << library;
  for (const char* architecture : {"sm_80", "sm_90"})
    for (const auto& [element, lanes] : std::vector<std::pair<torch::ScalarType, int>>{{torch::kFloat, 4},
                                                                                       {torch::kFloat, 1},
                                                                                       {torch::kBFloat16, 8},
                                                                                       {torch::kBFloat16, 4},
                                                                                       {torch::kBFloat16, 1}})
      EXPECT_GT(gpu::compile(element, lanes, architecture).size(), 1000u);
  EXPECT_THROW(gpu::compile(torch::kFloat, 4, "sm_12"), std::runtime_error);
}

TEST_F(Cuda, TellsItsFreeMemory) { EXPECT_GT(free_device_memory(gpu_), int64_t{1} << 26); }

}  // namespace
}  // namespace pentimento
