// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <string>

namespace pentimento {

// Where a job computes and how much memory it may take there.
struct Resources {
  torch::Device device = torch::kCPU;
  int64_t bytes = 0;         // for one fit
  bool in_bfloat16 = false;  // whether fits do most of their work in bfloat16, which takes half the memory
  std::string notice;        // what the user should know of how it went; empty: nothing

  // `device` is auto, cpu or cuda. Half of what memory is free is taken. Throws Error (no device, unknown name).
  static Resources choose(const std::string& device);

  // How many pixels of a large picture are fitted at once, at `bytes_per_pixel` in single precision. On a GPU as many
  // as the memory holds: one network for all of the picture leaves no seams. On a CPU, where time is short, at most
  // `on_cpu`.
  int64_t tile_pixels(int64_t bytes_per_pixel, int64_t on_cpu) const;

  // How many pixels one fit may hold at `bytes_per_pixel`; never less than 64 x 64, below which nothing can be fitted.
  int64_t pixels(int64_t bytes_per_pixel) const;
};

// Runs `work`; where memory runs out, again with half the budget, down to a sixteenth, then on the CPU, and says so in
// resources.notice. `work` must start anew each time. Throws Error (out of memory) when nothing is left to try.
torch::Tensor with_less_memory(Resources& resources, const std::function<torch::Tensor(const Resources&)>& work);

}  // namespace pentimento
