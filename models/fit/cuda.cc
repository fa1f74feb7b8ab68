// SPDX-License-Identifier: GPL-3.0-or-later
#include "fit/cuda.h"

#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAGeneratorImpl.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGuard.h>

#include <utility>
#include <vector>

namespace pentimento {

namespace {

// LibTorch 2.6 must be told which generators a graph uses; later versions see it, and have no such function.
template <typename Generator>
void register_with(Generator* generator, at::cuda::CUDAGraph& graph) {
  if constexpr (requires { generator->register_graph(&graph); }) generator->register_graph(&graph);
}

// A recording that fails leaves the generators it used unable to draw: puts them back as they were.
class GeneratorRescue {
 public:
  explicit GeneratorRescue(std::vector<at::Generator> generators) : generators_(std::move(generators)) {
    for (const at::Generator& g : generators_) before_.push_back(g.clone());
  }
  void rescue() {
    for (size_t i = 0; i < generators_.size(); ++i) generators_[i].graphsafe_set_state(before_[i]);
  }

 private:
  std::vector<at::Generator> generators_, before_;
};

class CudaGraph final : public Graph {
 public:
  ~CudaGraph() override {
    // The graph's memory goes with it: nothing may still run there.
    if (recorded_) cudaStreamSynchronize(at::cuda::getCurrentCUDAStream());
  }

  void record(const std::function<void()>& work, at::Generator generator) override {
    const at::Generator standard = at::cuda::detail::getDefaultCUDAGenerator();
    GeneratorRescue generators({standard, generator});
    // What the runs before took is kept for such runs; the graph has memory of its own.
    release_device_memory();
    register_with(at::check_generator<at::CUDAGeneratorImpl>(generator), graph_);
    try {
      // Only this thread is forbidden what cannot be recorded: the host program may use the GPU as well.
      graph_.capture_begin(/*pool=*/{0, 0}, cudaStreamCaptureModeThreadLocal);
      try {
        work();
      } catch (...) {
        end_failed_capture();
        throw;
      }
      graph_.capture_end();
    } catch (...) {
      generators.rescue();
      cudaGetLastError();  // else the next call, which has nothing to do with it, reports the failure
      throw;
    }
    recorded_ = true;
  }

  void replay() override { graph_.replay(); }

 private:
  void end_failed_capture() {
    try {
      graph_.capture_end();
    } catch (const std::exception&) {
      // It says that the recording failed, which is known.
    }
  }

  at::cuda::CUDAGraph graph_;
  bool recorded_ = false;
};

}  // namespace

std::unique_ptr<Graph> make_graph(const torch::Device& device) {
  return device.is_cuda() ? std::make_unique<CudaGraph>() : nullptr;
}

bool has_fast_bfloat16(const torch::Device& device) {
  return device.is_cuda() && at::cuda::getCurrentDeviceProperties()->major >= 8;
}

int64_t free_device_memory(const torch::Device& device) {
  size_t free = 0, total = 0;
  if (!device.is_cuda() || cudaMemGetInfo(&free, &total) != cudaSuccess) return 0;
  return static_cast<int64_t>(free);
}

void release_device_memory() { c10::cuda::CUDACachingAllocator::emptyCache(); }

}  // namespace pentimento
