// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/fused/gpu/nvrtc.h"

#include <stdexcept>

namespace pentimento::gpu {

std::string compile(torch::ScalarType, int, const std::string&) {
  throw std::runtime_error("built without CUDA's headers");
}
Kernels* compiled_kernels() { return nullptr; }

}  // namespace pentimento::gpu
