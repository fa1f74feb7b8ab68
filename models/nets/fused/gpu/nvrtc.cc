// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/fused/gpu/nvrtc.h"

#include <ATen/cuda/CUDAContext.h>
#include <cuda.h>
#include <dlfcn.h>

#include <array>
#include <map>
#include <mutex>
#include <stdexcept>
#include <tuple>
#include <vector>

#include "kernel_sources.h"

namespace pentimento::gpu {

namespace {

// LibTorch has loaded NVRTC, and CUDA's runtime the driver, where there are any: nothing more is linked.
class Library {
 public:
  struct Function {
    void* address;
    template <class F>
    operator F*() const {
      return reinterpret_cast<F*>(address);
    }
  };
  explicit Library(const std::string& name) : name_(name), handle_(dlopen(name.c_str(), RTLD_LAZY | RTLD_LOCAL)) {
    if (!handle_) throw std::runtime_error(name + " is not there");
  }
  Function operator[](const char* function) const {
    void* found = dlsym(handle_, function);
    if (!found) throw std::runtime_error(name_ + " has no " + function);
    return {found};
  }

 private:
  std::string name_;
  void* handle_;
};

void check(CUresult result, const char* what) {
  if (result != CUDA_SUCCESS) throw std::runtime_error(std::string(what) + ": driver error " + std::to_string(result));
}

std::string nvrtc_name() {
  const int major = CUDART_VERSION / 1000;
  return "libnvrtc.so." + (major == 11 ? std::string("11.2") : std::to_string(major));
}

// Of nvrtc.h, which not every toolkit has.
struct Nvrtc {
  using Program = void*;
  Library library{nvrtc_name()};
  int (*create)(Program*, const char* source, const char* name, int headers, const char* const* texts,
                const char* const* names) = library["nvrtcCreateProgram"];
  int (*compile)(Program, int count, const char* const* options) = library["nvrtcCompileProgram"];
  int (*log_size)(Program, size_t*) = library["nvrtcGetProgramLogSize"];
  int (*log)(Program, char*) = library["nvrtcGetProgramLog"];
  int (*code_size)(Program, size_t*) = library["nvrtcGetCUBINSize"];
  int (*code)(Program, char*) = library["nvrtcGetCUBIN"];
  int (*destroy)(Program*) = library["nvrtcDestroyProgram"];
};

std::string text_of(Nvrtc::Program program, int (*size)(Nvrtc::Program, size_t*), int (*get)(Nvrtc::Program, char*)) {
  size_t bytes = 0;
  if (size(program, &bytes)) return {};
  std::string text(bytes, '\0');
  return get(program, text.data()) ? std::string() : text;
}

struct Driver {
  Library library{"libcuda.so.1"};
  decltype(&cuCtxGetCurrent) context = library["cuCtxGetCurrent"];
  decltype(&cuModuleLoadData) load = library["cuModuleLoadData"];
  decltype(&cuModuleGetFunction) function = library["cuModuleGetFunction"];
  decltype(&cuLaunchKernel) launch = library["cuLaunchKernel"];
};

class Compiled final : public Kernels {
 public:
  void launch(const char* name, torch::ScalarType element, int lanes, const Grid& grid, void* arguments) override {
    const CUfunction function = find(name, element, lanes);
    std::array<void*, 1> parameters = {arguments};
    check(driver_.launch(function, static_cast<unsigned>(grid.blocks_x), static_cast<unsigned>(grid.blocks_y), 1,
                         static_cast<unsigned>(grid.groups), static_cast<unsigned>(grid.pixels), 1, 0,
                         at::cuda::getCurrentCUDAStream(), parameters.data(), nullptr),
          name);
  }

 private:
  // Backward runs on a thread of its own.
  CUfunction find(const char* name, torch::ScalarType element, int lanes) {
    const std::lock_guard lock(mutex_);
    const int device = at::cuda::current_device();
    CUfunction& function = functions_[{device, element, lanes, name}];
    if (function) return function;
    CUmodule& module = modules_[{device, element, lanes}];
    if (!module) {
      CUcontext context = nullptr;
      check(driver_.context(&context), "context");
      if (!context) cudaFree(nullptr);  // makes this thread use the runtime's
      const cudaDeviceProp* gpu = at::cuda::getCurrentDeviceProperties();
      const std::string code = compile(element, lanes, "sm_" + std::to_string(gpu->major) + std::to_string(gpu->minor));
      check(driver_.load(&module, code.data()), "loading the kernels");
    }
    check(driver_.function(&function, module, name), name);
    return function;
  }

  Driver driver_;
  std::mutex mutex_;
  std::map<std::tuple<int, torch::ScalarType, int>, CUmodule> modules_;
  std::map<std::tuple<int, torch::ScalarType, int, std::string>, CUfunction> functions_;
};

}  // namespace

std::string compile(torch::ScalarType element, int lanes, const std::string& architecture) {
  const Nvrtc nvrtc;
  Nvrtc::Program program = nullptr;
  std::vector<const char*> texts, names;
  for (const Header& header : kHeaders) {
    texts.push_back(header.text);
    names.push_back(header.name);
  }
  if (nvrtc.create(&program, kEntryPoints, "kernels.cu", static_cast<int>(texts.size()), texts.data(), names.data()))
    throw std::runtime_error("NVRTC makes no program");
  const std::vector<std::string> words = {"--gpu-architecture=" + architecture, "--std=c++17",
                                          element == torch::kFloat ? "-DELEMENT=float" : "-DELEMENT=Bfloat16",
                                          "-DLANES=" + std::to_string(lanes)};
  std::vector<const char*> options;
  for (const std::string& word : words) options.push_back(word.c_str());
  const bool failed = nvrtc.compile(program, static_cast<int>(options.size()), options.data()) != 0;
  const std::string log = text_of(program, nvrtc.log_size, nvrtc.log);
  const std::string code = failed ? std::string() : text_of(program, nvrtc.code_size, nvrtc.code);
  nvrtc.destroy(&program);
  if (code.empty()) throw std::runtime_error("the kernels do not compile: " + log);
  return code;
}

Kernels* compiled_kernels() {
  // Never destroyed: at exit the driver may be gone before it.
  static Kernels* const kernels = []() -> Kernels* {
    try {
      return new Compiled;
    } catch (const std::exception&) {
      return nullptr;
    }
  }();
  return kernels;
}

}  // namespace pentimento::gpu
