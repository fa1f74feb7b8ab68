// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <string>

#include "nets/fused/gpu/kernels.h"

// What needs CUDA's headers: nvrtc.cc where the build has them, no_nvrtc.cc where not.
namespace pentimento::gpu {

// The kernels as machine code for an architecture (sm_90, say), by the NVRTC that LibTorch brings: no GPU is needed.
// Throws std::runtime_error with the compiler's words.
std::string compile(torch::ScalarType element, int lanes, const std::string& architecture);

// Compiled for the current GPU when first launched, then kept. nullptr where the build has none.
Kernels* compiled_kernels();

}  // namespace pentimento::gpu
