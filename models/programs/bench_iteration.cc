// SPDX-License-Identifier: GPL-3.0-or-later
// pentimento-bench-iteration [side=256] [height=side] [iterations=20] [width=128] [scales=5] [device=cpu] [threads=0]
// [profile=0]: wall and processor milliseconds of one iteration of the fit loop on the paper's denoising network
// (Ulyanov et al. 2018), on a picture side pixels wide. profile=N: also what the device spends N iterations on, as
// LibTorch's profiler sees it (on a CPU operations, those within others counted twice).
#include <sys/resource.h>
#include <torch/csrc/autograd/profiler_kineto.h>
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fit/loop.h"
#include "fit/page_allocator.h"
#include "fit/resources.h"
#include "nets/fused/fused.h"
#include "nets/hourglass.h"

namespace {

void profile(const torch::Device& device, long iterations, const std::function<void(long)>& run) {
  namespace profiler = torch::profiler::impl;
  const profiler::ProfilerConfig config(profiler::ProfilerState::KINETO);
  const std::set<profiler::ActivityType> activities = {device.is_cpu() ? profiler::ActivityType::CPU
                                                                       : profiler::ActivityType::CUDA};
  torch::autograd::profiler::prepareProfiler(config, activities);
  torch::autograd::profiler::enableProfiler(config, activities);
  run(iterations);
  const auto result = torch::autograd::profiler::disableProfiler();

  struct Cost {
    double seconds = 0, times = 0;
  };
  std::map<std::string, Cost> costs;
  Cost all;
  for (const auto& event : result->events()) {
    if (event.deviceType() != device.type()) continue;
    for (Cost* cost : {&costs[event.name()], &all}) {
      cost->seconds += 1e-9 * static_cast<double>(event.durationNs());
      ++cost->times;
    }
  }
  std::vector<std::pair<std::string, Cost>> rows(costs.begin(), costs.end());
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.second.seconds > b.second.seconds; });
  rows.resize(std::min<size_t>(rows.size(), 40));
  rows.emplace_back("everything", all);
  const auto n = static_cast<double>(iterations);
  for (const auto& [name, cost] : rows)
    std::printf("| %9.1f us | %7.1f times | %.110s |\n", 1e6 * cost.seconds / n, cost.times / n, name.c_str());
}

}  // namespace

int main(int argc, char** argv) try {
  std::map<std::string, std::string> given = {{"side", "256"},  {"iterations", "20"}, {"width", "128"},
                                              {"scales", "5"},  {"device", "cpu"},    {"threads", "0"},
                                              {"profile", "0"}, {"height", "0"}};
  for (int i = 1; i < argc; ++i) {
    const std::string pair = argv[i];
    given[pair.substr(0, pair.find('='))] = pair.substr(pair.find('=') + 1);
  }
  const auto number = [&](const char* name) { return std::stol(given.at(name)); };
  if (number("threads") > 0) torch::set_num_threads(static_cast<int>(number("threads")));
  const torch::Device device = pentimento::Resources::choose(given["device"]).device;
  const long side = number("side"), height = number("height") > 0 ? number("height") : side;
  const long iterations = number("iterations");

  pentimento::install_page_allocator();
  torch::manual_seed(0);
  const auto network = std::make_shared<pentimento::Hourglass>(
      pentimento::HourglassOptions::uniform(32, number("scales"), number("width"), 4, 3));
  network->to(device);
  const torch::Tensor target = torch::rand({1, 3, height, side}, device);
  const pentimento::Problem problem =
      pentimento::Problem::single({network, torch::rand({1, 32, height, side}, device) * 0.1, 1.0 / 30},
                                  [&](const torch::Tensor& output) { return torch::mse_loss(output, target); });
  const auto run = [&](long n) {
    pentimento::Monitor monitor([](const pentimento::Snapshot&) { return pentimento::Answer::kContinue; }, 1e9);
    fit(problem, {0.01, n, 0.99, 0, pentimento::EarlyStoppingOptions{}}, monitor, [](const auto& e) { return e; });
  };
  const auto processor = [] {
    rusage u;
    getrusage(RUSAGE_SELF, &u);
    return static_cast<double>(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           1e-6 * static_cast<double>(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
  };
  run(2);
  const double cpu = processor();
  const auto start = std::chrono::steady_clock::now();
  run(iterations);
  const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  std::printf("pentimento %ld x %ld: %.1f ms an iteration, %.1f ms of processor time, peak %ld MiB\n", side, height,
              1000 * wall / static_cast<double>(iterations),
              1000 * (processor() - cpu) / static_cast<double>(iterations), usage.ru_maxrss / 1024);
  const auto type = device.is_cuda() && pentimento::has_fast_bfloat16(device) ? torch::kBFloat16 : torch::kFloat;
  const torch::Tensor picture =
      torch::zeros({1, 8, 8, 8}, torch::dtype(type).device(device)).contiguous(torch::MemoryFormat::ChannelsLast);
  std::printf("steps between convolutions: %s\n", pentimento::fusable(picture) ? "fused" : "LibTorch's");
  if (number("profile") > 0) profile(device, number("profile"), run);
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
