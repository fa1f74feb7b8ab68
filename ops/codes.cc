// SPDX-License-Identifier: GPL-3.0-or-later
#include "codes.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "buffers.h"

namespace pentimento {

Codes fetch_codes(GeglBuffer* buffer, const GeglRectangle& extent, const Babl* space) {
  Codes codes = {extent.width, extent.height, std::vector<guint8>(gsize{4} * extent.width * extent.height)};
  const Babl* format = babl_format_with_space("R'G'B'A u8", space);
  in_bands(extent, [&](const GeglRectangle& band) {
    gegl_buffer_get(buffer, &band, 1.0, format, &codes.samples[gsize{4} * (band.y - extent.y) * extent.width],
                    GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  });
  return codes;
}

void write_codes(const Codes& codes, GeglBuffer* output, const GeglRectangle& extent) {
  const Babl* format = babl_format_with_space("R'G'B'A u8", babl_format_get_space(gegl_buffer_get_format(output)));
  in_bands(extent, [&](const GeglRectangle& band) {
    gegl_buffer_set(output, &band, 0, format, &codes.samples[gsize{4} * (band.y - extent.y) * extent.width],
                    GEGL_AUTO_ROWSTRIDE);
  });
}

Pixels colors_of(const Codes& codes) {
  Pixels colors(codes.width, codes.height, 3);
  for (gsize i = 0; i < 3 * codes.pixels(); ++i) colors.data()[i] = codes.samples[i / 3 * 4 + i % 3] / 255.0f;
  return colors;
}

void round_to_codes(GeglBuffer* buffer, const GeglRectangle& extent) {
  const Babl* format = babl_format_with_space("R'G'B'A float", babl_format_get_space(gegl_buffer_get_format(buffer)));
  std::vector<float> samples;
  in_bands(extent, [&](const GeglRectangle& band) {
    samples.resize(gsize{4} * band.width * band.height);
    gegl_buffer_get(buffer, &band, 1.0, format, samples.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    for (float& v : samples)
      if (v > 0 && v < 1) v = std::round(v * 255) / 255;
    gegl_buffer_set(buffer, &band, 0, format, samples.data(), GEGL_AUTO_ROWSTRIDE);
  });
}

void fill_hidden(Pixels* colors, const Codes& codes) {
  const int width = codes.width, height = codes.height;
  const auto hidden = [&](int x, int y) { return codes.samples[4 * (gsize(y) * width + x) + 3] == 0; };
  std::vector<int> before(width);  // the last seen pixel of the row up to each
  std::vector<bool> filled(height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0, last = -1; x < width; ++x) before[x] = last = hidden(x, y) ? last : x;
    for (int x = width - 1, next = width; x >= 0; --x) {
      if (!hidden(x, y)) next = x;
      const bool left = before[x] >= 0 && (next == width || x - before[x] <= next - x);
      const int nearest = left ? before[x] : next;
      if (nearest == width) break;  // there is none in this row
      std::copy_n(colors->at(nearest, y), 3, colors->at(x, y));
      filled[y] = true;
    }
  }
  const auto copy_row = [&](int from, int to) {
    std::copy_n(colors->at(0, from), gsize{3} * width, colors->at(0, to));
    filled[to] = true;
  };
  for (int y = 1; y < height; ++y)
    if (!filled[y] && filled[y - 1]) copy_row(y - 1, y);
  for (int y = height - 2; y >= 0; --y)
    if (!filled[y] && filled[y + 1]) copy_row(y + 1, y);
}

}  // namespace pentimento
