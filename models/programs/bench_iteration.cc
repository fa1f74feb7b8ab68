// SPDX-License-Identifier: GPL-3.0-or-later
// pentimento-bench-iteration [side=256] [iterations=20] [width=128] [scales=5] [device=cpu] [threads=0]: wall and
// processor milliseconds of one iteration of the fit loop on the paper's denoising network (Ulyanov et al. 2018).
#include <sys/resource.h>
#include <torch/torch.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <string>

#include "fit/loop.h"
#include "fit/page_allocator.h"
#include "fit/resources.h"
#include "nets/hourglass.h"

int main(int argc, char** argv) try {
  std::map<std::string, std::string> given = {{"side", "256"}, {"iterations", "20"}, {"width", "128"},
                                              {"scales", "5"}, {"device", "cpu"},    {"threads", "0"}};
  for (int i = 1; i < argc; ++i) {
    const std::string pair = argv[i];
    given[pair.substr(0, pair.find('='))] = pair.substr(pair.find('=') + 1);
  }
  const auto number = [&](const char* name) { return std::stol(given.at(name)); };
  if (number("threads") > 0) torch::set_num_threads(static_cast<int>(number("threads")));
  const torch::Device device = pentimento::Resources::choose(given["device"]).device;
  const long side = number("side"), iterations = number("iterations");

  pentimento::install_page_allocator();
  torch::manual_seed(0);
  const auto network = std::make_shared<pentimento::Hourglass>(
      pentimento::HourglassOptions::uniform(32, number("scales"), number("width"), 4, 3));
  network->to(device);
  const torch::Tensor target = torch::rand({1, 3, side, side}, device);
  const pentimento::Problem problem =
      pentimento::Problem::single({network, torch::rand({1, 32, side, side}, device) * 0.1, 1.0 / 30},
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
  std::printf("pentimento %ld x %ld: %.1f ms an iteration, %.1f ms of processor time, peak %ld MiB\n", side, side,
              1000 * wall / static_cast<double>(iterations),
              1000 * (processor() - cpu) / static_cast<double>(iterations), usage.ru_maxrss / 1024);
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
