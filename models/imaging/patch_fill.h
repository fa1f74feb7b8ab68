// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>

namespace pentimento {

// A wide hole filled with what the rest of the picture is made of: every 7 x 7 patch that touches the hole looks for
// its nearest neighbour among the known ones and they vote for the hole's samples, from coarse to fine (Wexler,
// Shechtman, Irani, "Space-time completion of video", TPAMI 2007; the search after Barnes et al., "PatchMatch",
// SIGGRAPH 2009). `picture` 1 x C x H x W, `known` 1 x 1 x H x W of 0 and 1; known samples come back as they are.
// Filled smoothly where no known patch is left. `structure`, of the picture's size or undefined, is what the holes
// should look like from afar. `after_sweep` is called now and then, and may throw.
torch::Tensor patch_fill(const torch::Tensor& picture, const torch::Tensor& known, const torch::Tensor& structure,
                         uint64_t seed, const std::function<void()>& after_sweep);

}  // namespace pentimento
