// SPDX-License-Identifier: GPL-3.0-or-later
// The GPU's kernels on a CPU: the same bodies, run for every thread of the grid in turn.
#pragma once

#include <limits>
#include <map>
#include <string>
#include <vector>

#include "nets/fused/gpu/join.cuh"
#include "nets/fused/gpu/kernels.h"
#include "nets/fused/gpu/normalise.cuh"
#include "nets/fused/gpu/pointwise.cuh"
#include "nets/fused/gpu/small.cuh"

namespace pentimento {

template <class Kernel>
void run_for_every_thread(const gpu::Grid& grid, const void* arguments) {
  const auto& a = *static_cast<const typename Kernel::Arguments*>(arguments);
  for (int y = 0; y < grid.blocks_y; ++y)
    for (int x = 0; x < grid.blocks_x; ++x) {
      using Room = typename Kernel::Room;
      // What no thread has left shows.
      std::vector<Room> room(static_cast<size_t>(Kernel::kRoom * kernels::kThreads),
                             std::numeric_limits<Room>::quiet_NaN());
      const auto each = [&](const auto& f) {
        for (int pixel = 0; pixel < grid.pixels; ++pixel)
          for (int group = 0; group < grid.groups; ++group)
            f(kernels::Place{x, y, grid.blocks_x, grid.blocks_y, group, pixel, grid.groups, grid.pixels});
      };
      each([&](const kernels::Place& p) { Kernel::first(a, p, room.data()); });
      if constexpr (Kernel::kPhases > 1) each([&](const kernels::Place& p) { Kernel::second(a, p, room.data()); });
      if constexpr (Kernel::kPhases > 2) {
        each([&](const kernels::Place& p) { Kernel::third(a, p, room.data()); });
        each([&](const kernels::Place& p) { Kernel::fourth(a, p, room.data()); });
      }
    }
}

class KernelsStandIn : public gpu::Kernels {
 public:
  void launch(const char* name, torch::ScalarType element, int lanes, const gpu::Grid& grid, void* arguments) override {
    ++launches;
    TORCH_CHECK(grid.groups * grid.pixels <= kernels::kThreads, "a block too large");
    if (element == torch::kFloat)
      with_lanes<float>(name, lanes, grid, arguments);
    else
      with_lanes<kernels::Bfloat16>(name, lanes, grid, arguments);
  }
  int launches = 0;

 private:
  template <class T>
  static void with_lanes(const std::string& name, int lanes, const gpu::Grid& grid, const void* arguments) {
    lanes == 8   ? run<T, 8>(name, grid, arguments)
    : lanes == 4 ? run<T, 4>(name, grid, arguments)
                 : run<T, 1>(name, grid, arguments);
  }

  template <class T, int kLanes>
  static void run(const std::string& name, const gpu::Grid& grid, const void* arguments) {
    using namespace kernels;
    static const std::map<std::string, void (*)(const gpu::Grid&, const void*)> all = {
        {"moments", run_for_every_thread<Moments<T, kLanes>>},
        {"statistics", run_for_every_thread<Statistics>},
        {"normalise", run_for_every_thread<Normalise<T, kLanes>>},
        {"gradient_moments", run_for_every_thread<GradientMoments<T, kLanes>>},
        {"gradient_statistics", run_for_every_thread<GradientStatistics>},
        {"gradient", run_for_every_thread<Gradient<T, kLanes>>},
        {"small_normalise", run_for_every_thread<SmallNormalise<T, kLanes>>},
        {"small_gradient", run_for_every_thread<SmallGradient<T, kLanes>>},
        {"pad", run_for_every_thread<Pad<T, kLanes>>},
        {"pad_gradient", run_for_every_thread<PadGradient<T, kLanes>>},
        {"join", run_for_every_thread<Join<T, kLanes>>},
        {"join_gradient", run_for_every_thread<JoinGradient<T, kLanes>>},
        {"pointwise", run_for_every_thread<Pointwise<T, kLanes>>},
        {"pointwise_gradient", run_for_every_thread<PointwiseGradient<T, kLanes>>},
        {"pointwise_weight_gradient", run_for_every_thread<PointwiseWeightGradient<T, kLanes>>},
        {"pointwise_totals", run_for_every_thread<PointwiseTotals>}};
    all.at(name)(grid, arguments);
  }
};

// While it lives, the CPU has those kernels.
class WithKernels {
 public:
  explicit WithKernels(gpu::Kernels& kernels) { gpu::stand_in(&kernels); }
  WithKernels(const WithKernels&) = delete;
  ~WithKernels() { gpu::stand_in(nullptr); }
};

}  // namespace pentimento
