// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>

#include "fit/graph.h"

// All that needs CUDA's headers: cuda.cc where the build has them, no_cuda.cc where not. A build without them still
// uses a GPU that its LibTorch can use, eagerly and in single precision.
namespace pentimento {

// nullptr where `device` has no graphs.
std::unique_ptr<Graph> make_graph(const torch::Device& device);

// Whether `device` multiplies matrices in bfloat16 by hardware.
bool has_fast_bfloat16(const torch::Device& device);

// Bytes free on `device`; 0 if unknown.
int64_t free_device_memory(const torch::Device& device);

// Returns to the driver what LibTorch keeps of the GPU's memory for later.
void release_device_memory();

}  // namespace pentimento
