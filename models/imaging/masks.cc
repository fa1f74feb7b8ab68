// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/masks.h"

#include <algorithm>
#include <cmath>

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kCell = 32;  // holes are told apart on a grid of such cells

// Boxes that share pixels become one.
std::vector<Box> merged(std::vector<Box> boxes) {
  for (size_t i = 0; i < boxes.size(); ++i)
    for (size_t j = i + 1; j < boxes.size(); ++j) {
      const Box a = boxes[i], b = boxes[j];
      if (a.top >= b.top + b.height || b.top >= a.top + a.height || a.left >= b.left + b.width ||
          b.left >= a.left + a.width)
        continue;
      const int64_t top = std::min(a.top, b.top), left = std::min(a.left, b.left);
      boxes[i] = {top, left, std::max(a.top + a.height, b.top + b.height) - top,
                  std::max(a.left + a.width, b.left + b.width) - left};
      boxes.erase(boxes.begin() + static_cast<std::ptrdiff_t>(j));
      return merged(std::move(boxes));
    }
  return boxes;
}

}  // namespace

Tensor grown(const Tensor& mask, int64_t pixels) {
  const int64_t side = 2 * pixels + 1;
  return torch::max_pool2d(torch::max_pool2d(mask, {side, 1}, 1, {pixels, 0}), {1, side}, 1, {0, pixels});
}

Tensor feathered(const Tensor& mask, double pixels) {
  Tensor result = mask, ring = mask;
  const auto steps = static_cast<int64_t>(std::ceil(pixels));
  for (int64_t i = 1; i <= steps; ++i) {
    ring = grown(ring, 1);
    result = torch::maximum(result, ring * std::max(0.0, 1 - static_cast<double>(i) / (pixels + 1)));
  }
  return result;
}

int64_t hole_radius(const Tensor& hole) {
  // Steps grow, so that a wide hole does not cost a sweep for every pixel of its radius.
  Tensor rest = hole, known = torch::constant_pad_nd(1 - hole, {1, 1, 1, 1}, 1);
  int64_t radius = 0, step = 1;
  while (rest.max().item<float>() > 0.5f) {
    radius += step;
    known = torch::max_pool2d(known, 2 * step + 1, 1, step);
    rest = 1 - known;
    if (radius >= 16 * step) step *= 2;
  }
  return radius;
}

Box Box::with_margin(int64_t margin, int64_t picture_height, int64_t picture_width) const {
  const int64_t t = std::max<int64_t>(0, top - margin), l = std::max<int64_t>(0, left - margin);
  return {t, l, std::min(picture_height, top + height + margin) - t,
          std::min(picture_width, left + width + margin) - l};
}

std::vector<Box> hole_boxes(const Tensor& hole) {
  const Tensor cells = torch::max_pool2d(hole, kCell, kCell, 0, 1, /*ceil_mode=*/true)[0][0].contiguous();
  const int64_t rows = cells.size(0), columns = cells.size(1);
  std::vector<uint8_t> open(static_cast<size_t>(rows * columns));
  for (size_t i = 0; i < open.size(); ++i) open[i] = cells.const_data_ptr<float>()[i] > 0.5f;

  std::vector<Box> boxes;
  std::vector<int64_t> queue;
  for (int64_t start = 0; start < rows * columns; ++start) {
    if (!open[static_cast<size_t>(start)]) continue;
    open[static_cast<size_t>(start)] = 0;
    queue.assign(1, start);
    int64_t top = rows, bottom = 0, left = columns, right = 0;
    while (!queue.empty()) {
      const int64_t y = queue.back() / columns, x = queue.back() % columns;
      queue.pop_back();
      top = std::min(top, y), bottom = std::max(bottom, y + 1);
      left = std::min(left, x), right = std::max(right, x + 1);
      for (int64_t ny = std::max<int64_t>(0, y - 1); ny <= std::min(rows - 1, y + 1); ++ny)
        for (int64_t nx = std::max<int64_t>(0, x - 1); nx <= std::min(columns - 1, x + 1); ++nx) {
          uint8_t& cell = open[static_cast<size_t>(ny * columns + nx)];
          if (cell) queue.push_back(ny * columns + nx);
          cell = 0;
        }
    }
    const Box cell_box = Box{top * kCell, left * kCell, (bottom - top) * kCell, (right - left) * kCell}.with_margin(
        0, hole.size(2), hole.size(3));
    const Tensor inside = cell_box.of(hole)[0][0] > 0.5;
    const Tensor ys = torch::nonzero(inside.any(1)), xs = torch::nonzero(inside.any(0));
    const int64_t y0 = ys[0].item<int64_t>(), y1 = ys[-1].item<int64_t>() + 1;
    const int64_t x0 = xs[0].item<int64_t>(), x1 = xs[-1].item<int64_t>() + 1;
    boxes.push_back({cell_box.top + y0, cell_box.left + x0, y1 - y0, x1 - x0});
  }
  return merged(boxes);
}

}  // namespace pentimento
