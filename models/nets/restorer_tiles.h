// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "nets/restorer.h"

namespace pentimento {

// Part of a picture that a Restorer restores at once, all in pixels: it is shown [top, bottom) x [left, right), as much
// more than [own_top, own_bottom) x [own_left, own_right) as it reaches.
struct RestorerTile {
  int64_t own_top, own_bottom, own_left, own_right;
  int64_t top, bottom, left, right;
  int64_t pixels() const { return (bottom - top) * (right - left); }
};

// Tiles that cover a picture of height x width, each shown at most `most_pixels` pixels where that leaves it at least
// one cell of multiple() pixels of its own. What is shown begins and ends at such cells, at the picture's edges beyond
// them.
std::vector<RestorerTile> plan_tiles(const Restorer& network, int64_t height, int64_t width, int64_t most_pixels);

// What the network makes of the tile's own part: 1 x 3 x height x width in 0..1, on the CPU -> the same on the
// network's device. `picture` is of any size, and mirrored beyond its edges. The same as of all of the picture at once,
// but for rounding: nothing beyond what is shown could be seen. Without gradients.
torch::Tensor restored_tile(const Restorer& network, const torch::Tensor& picture, const RestorerTile& tile);

}  // namespace pentimento
