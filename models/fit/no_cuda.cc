// SPDX-License-Identifier: GPL-3.0-or-later
#include "fit/cuda.h"

namespace pentimento {

std::unique_ptr<Graph> make_graph(const torch::Device&) { return nullptr; }
bool has_fast_bfloat16(const torch::Device&) { return false; }
int64_t free_device_memory(const torch::Device&) { return 0; }
void release_device_memory() {}

}  // namespace pentimento
