// SPDX-License-Identifier: GPL-3.0-or-later
#include "fit/resources.h"

#include <torch/cuda.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <new>

#include "errors.h"
#include "fit/cuda.h"

namespace pentimento {

namespace {

constexpr int64_t kMostOnGpu = 15'000'000;  // 2^31 samples of 136 channels: LibTorch counts with 32 bits

// MemAvailable counts caches that the kernel would give up; plain free pages are what other systems tell.
int64_t available_memory() {
  std::ifstream info("/proc/meminfo");
  std::string key;
  int64_t kib = 0;
  while (info >> key >> kib) {
    if (key == "MemAvailable:") return kib * 1024;
    info.ignore(256, '\n');
  }
  return int64_t{sysconf(_SC_AVPHYS_PAGES)} * sysconf(_SC_PAGESIZE);
}

int64_t memory_of(const torch::Device& device) {
  const int64_t on_device = free_device_memory(device);
  return on_device > 0 ? on_device : available_memory();
}

// A GPU that is listed may still refuse to work (a driver too old, no kernels for it): try it.
bool cuda_works() {
  try {
    return torch::cuda::is_available() && (torch::ones({8}, torch::kCUDA) + 1).sum().item<float>() == 16;
  } catch (const std::exception&) {
    return false;
  }
}

// LibTorch's CPU allocator and cuDNN throw plain errors where CUDA's allocator throws its own type.
bool is_out_of_memory(const std::exception& e) {
  if (dynamic_cast<const c10::OutOfMemoryError*>(&e) || dynamic_cast<const std::bad_alloc*>(&e)) return true;
  const std::string what = e.what();
  return what.find("allocate memory") != std::string::npos || what.find("ALLOC_FAILED") != std::string::npos ||
         what.find("out of memory") != std::string::npos;
}

}  // namespace

Resources Resources::choose(const std::string& device) {
  Resources r;
  if (device != "auto" && device != "cpu" && device != "cuda")
    throw Error(PENTIMENTO_BAD_INPUT, _("The device must be auto, cpu or cuda."));
  if (device != "cpu" && cuda_works()) r.device = torch::kCUDA;
  if (device == "cuda" && !r.device.is_cuda())
    throw Error(PENTIMENTO_NO_DEVICE,
                _("No usable graphics card (CUDA) was found. Compute on the processor (device=cpu) or automatically "
                  "(device=auto), or install LibTorch with CUDA and a driver for the card."));
  r.bytes = memory_of(r.device) / 2;
  r.in_bfloat16 = has_fast_bfloat16(r.device);
  return r;
}

int64_t Resources::pixels(int64_t bytes_per_pixel) const { return std::max<int64_t>(64 * 64, bytes / bytes_per_pixel); }

int64_t Resources::tile_pixels(int64_t bytes_per_pixel, int64_t on_cpu) const {
  if (!device.is_cuda()) return std::min(on_cpu, pixels(bytes_per_pixel));
  return std::min(kMostOnGpu, pixels(in_bfloat16 ? bytes_per_pixel / 2 : bytes_per_pixel));
}

torch::Tensor with_less_memory(Resources& resources, const std::function<torch::Tensor(const Resources&)>& work) {
  const int64_t all = resources.bytes;
  for (;;) {
    try {
      return work(resources);
    } catch (const std::exception& e) {
      if (!is_out_of_memory(e)) throw;
    }
    // Out of the handler: the exception and the fit's tensors are gone, and with them the memory.
    release_device_memory();
    if (resources.bytes > all / 16) {
      resources.bytes /= 2;
      resources.notice = _("Memory ran out; the picture was restored in smaller tiles.");
    } else if (resources.device.is_cuda()) {
      resources.device = torch::kCPU;
      resources.in_bfloat16 = false;
      resources.bytes = available_memory() / 2;
      resources.notice = _("The graphics card's memory ran out; the picture was restored on the processor.");
    } else {
      throw out_of_memory();
    }
  }
}

}  // namespace pentimento
