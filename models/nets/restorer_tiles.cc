// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/restorer_tiles.h"

#include <algorithm>

namespace pentimento {

using torch::Tensor;

namespace {

// One direction of the plan.
struct Line {
  int64_t side, cell, reach;  // of the picture; of the network, the latter in whole cells
  int64_t parts = 1;

  int64_t cells() const { return (side + cell - 1) / cell; }
  int64_t own() const { return (cells() + parts - 1) / parts * cell; }
  int64_t shown() const { return std::min(own() + 2 * reach, cells() * cell); }
};

}  // namespace

std::vector<RestorerTile> plan_tiles(const Restorer& network, int64_t height, int64_t width, int64_t most_pixels) {
  const int64_t cell = network.multiple(), reach = (network.reach() + cell - 1) / cell * cell;
  Line down = {height, cell, reach}, across = {width, cell, reach};
  while (down.shown() * across.shown() > most_pixels && std::max(down.own(), across.own()) > cell)
    ++(down.own() > across.own() ? down : across).parts;
  std::vector<RestorerTile> tiles;
  for (int64_t y = 0; y < height; y += down.own())
    for (int64_t x = 0; x < width; x += across.own()) {
      const auto first = [&](int64_t own) { return std::max<int64_t>(own - reach, 0); };
      const auto last = [&](const Line& line, int64_t own) {
        return std::min(own + line.own() + reach, line.cells() * cell);
      };
      tiles.push_back({y, std::min(y + down.own(), height), x, std::min(x + across.own(), width), first(y),
                       last(down, y), first(x), last(across, x)});
    }
  return tiles;
}

Tensor restored_tile(const Restorer& network, const Tensor& picture, const RestorerTile& tile) {
  const torch::NoGradGuard no_grad;
  const int64_t below = std::max<int64_t>(tile.bottom - picture.size(2), 0),
                beside = std::max<int64_t>(tile.right - picture.size(3), 0);
  Tensor shown =
      picture.slice(2, tile.top, tile.bottom).slice(3, tile.left, tile.right).to(network.parameters().front().device());
  if (below + beside > 0) shown = torch::replication_pad2d(shown, {0, beside, 0, below});
  return network.forward(shown)
      .slice(2, tile.own_top - tile.top, tile.own_bottom - tile.top)
      .slice(3, tile.own_left - tile.left, tile.own_right - tile.left);
}

}  // namespace pentimento
