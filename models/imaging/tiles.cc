// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/tiles.h"

#include <algorithm>
#include <cmath>

namespace pentimento {

using torch::Tensor;

namespace {

struct Span {
  int64_t start, length;
  Tensor weight;
};

std::vector<Span> plan_line(int64_t length, int64_t max_length, int64_t overlap) {
  overlap = std::min(overlap, max_length / 3);  // three tiles must never share a pixel
  const int64_t n = length <= max_length ? 1 : (length - overlap + max_length - overlap - 1) / (max_length - overlap);
  const int64_t each = (length + (n - 1) * overlap + n - 1) / n;
  std::vector<Span> spans;
  for (int64_t k = 0; k < n; ++k)
    spans.push_back({n == 1 ? 0 : (k * (length - each) + (n - 1) / 2) / (n - 1), each, torch::ones({each})});
  for (int64_t k = 0; k + 1 < n; ++k) {
    const int64_t shared = spans[k].start + each - spans[k + 1].start;
    const Tensor ramp = (torch::arange(shared, torch::kFloat) + 0.5) / static_cast<double>(shared);
    spans[k].weight.slice(0, each - shared).copy_(1 - ramp);
    spans[k + 1].weight.slice(0, 0, shared).copy_(ramp);
  }
  return spans;
}

}  // namespace

Tensor Tile::of(const Tensor& picture) const {
  return picture.slice(2, top, top + height).slice(3, left, left + width);
}

std::vector<Tile> plan_tiles(int64_t height, int64_t width, int64_t max_pixels, int64_t overlap) {
  if (height * width <= max_pixels) return {{0, 0, height, width, torch::ones({1, 1, height, width})}};
  const int64_t side = std::max<int64_t>(1, static_cast<int64_t>(std::sqrt(static_cast<double>(max_pixels))));
  // A picture narrower than a tile leaves room for longer ones.
  const int64_t rows = width < side ? max_pixels / width : side, columns = height < side ? max_pixels / height : side;
  std::vector<Tile> tiles;
  for (const Span& v : plan_line(height, rows, overlap))
    for (const Span& h : plan_line(width, columns, overlap))
      tiles.push_back({v.start, h.start, v.length, h.length,
                       (v.weight.view({-1, 1}) * h.weight.view({1, -1})).view({1, 1, v.length, h.length})});
  return tiles;
}

void Canvas::put(const Tile& tile, const Tensor& estimate) {
  tile.of(picture_).add_((estimate - tile.of(base_)) * tile.weight);
}

Tensor Canvas::with(const Tile& tile, const Tensor& estimate) const {
  Tensor view = picture_.clone();
  tile.of(view).add_((estimate - tile.of(base_)) * tile.weight);
  return view;
}

}  // namespace pentimento
