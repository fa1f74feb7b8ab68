// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/restorer_tiles.h"

#include <algorithm>

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kMargin = 32;  // around the picture: convolutions see black beyond their input, which shows so far in

// One direction of the plan.
struct Line {
  int64_t side, cell, reach;  // of the picture; of the network, the latter in whole cells
  int64_t parts = 1;

  int64_t first() const { return -in_cells(kMargin); }
  int64_t last() const { return in_cells(side + kMargin); }
  int64_t own() const { return in_cells((side + parts - 1) / parts); }
  int64_t shown() const { return std::min(own() + 2 * reach, last() - first()); }
  int64_t in_cells(int64_t length) const { return (length + cell - 1) / cell * cell; }
};

// Rows or columns [first, last), mirrored at the edges as often as need be.
Tensor mirrored(const Tensor& picture, int64_t dimension, int64_t first, int64_t last) {
  const int64_t side = picture.size(dimension);
  const Tensor place = torch::arange(first, last, torch::kLong).remainder(2 * side);
  return picture.index_select(dimension, torch::minimum(place, 2 * side - 1 - place));
}

}  // namespace

std::vector<RestorerTile> plan_tiles(const Restorer& network, int64_t height, int64_t width, int64_t most_pixels) {
  const int64_t cell = network.multiple(), reach = (network.reach() + cell - 1) / cell * cell;
  Line down = {height, cell, reach}, across = {width, cell, reach};
  while (down.shown() * across.shown() > most_pixels && std::max(down.own(), across.own()) > cell)
    ++(down.own() > across.own() ? down : across).parts;
  std::vector<RestorerTile> tiles;
  for (int64_t y = 0; y < height; y += down.own())
    for (int64_t x = 0; x < width; x += across.own()) {
      const auto first = [&](const Line& line, int64_t own) { return std::max(own - reach, line.first()); };
      const auto last = [&](const Line& line, int64_t own) { return std::min(own + line.own() + reach, line.last()); };
      tiles.push_back({y, std::min(y + down.own(), height), x, std::min(x + across.own(), width), first(down, y),
                       last(down, y), first(across, x), last(across, x)});
    }
  return tiles;
}

Tensor restored_tile(const Restorer& network, const Tensor& picture, const RestorerTile& tile) {
  const torch::NoGradGuard no_grad;
  const Tensor shown = mirrored(mirrored(picture, 2, tile.top, tile.bottom), 3, tile.left, tile.right);
  return network.forward(shown.to(network.parameters().front().device()))
      .slice(2, tile.own_top - tile.top, tile.own_bottom - tile.top)
      .slice(3, tile.own_left - tile.left, tile.own_right - tile.left);
}

}  // namespace pentimento
