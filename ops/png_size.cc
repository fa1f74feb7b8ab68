// SPDX-License-Identifier: GPL-3.0-or-later
#include "png_size.h"

#include <gio/gio.h>

#include <cstdlib>
#include <vector>

namespace pentimento {
namespace {

gsize sum(const std::vector<guint8>& row) {
  gsize sum = 0;
  for (guint8 v : row) sum += static_cast<gsize>(std::abs(static_cast<gint8>(v)));
  return sum;
}

// Deflates `bytes`, and returns how many come out.
gsize deflate(GConverter* converter, const std::vector<guint8>& bytes, bool last) {
  std::vector<guint8> out(1 << 16);
  gsize written = 0;
  for (gsize used = 0;;) {
    gsize took = 0, gave = 0;
    const GConverterResult result =
        g_converter_convert(converter, bytes.data() + used, bytes.size() - used, out.data(), out.size(),
                            last ? G_CONVERTER_INPUT_AT_END : G_CONVERTER_NO_FLAGS, &took, &gave, nullptr);
    used += took;
    written += gave;
    if (result != G_CONVERTER_CONVERTED || (!last && used == bytes.size())) return written;
  }
}

}  // namespace

// Of the format's filters, the two simplest: differences to the pixel to the left, and to that above.
gsize png_size(const Codes& picture, bool grey, bool alpha) {
  const int colors = grey ? 1 : 3, channels = colors + alpha;
  std::vector<guint8> line, row(gsize{1} * picture.width * channels), above(row.size()), sub(row.size()),
      up(row.size());
  g_autoptr(GConverter) deflater = G_CONVERTER(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_ZLIB, 6));
  gsize size = 57;  // the signature and the chunks' frames
  for (int y = 0; y < picture.height; ++y) {
    std::swap(row, above);
    const guint8* in = &picture.samples[gsize{4} * y * picture.width];
    for (gsize i = 0; i < row.size(); ++i) {
      const int channel = static_cast<int>(i % channels);
      row[i] = in[4 * (i / channels) + (channel == colors ? 3 : channel)];
    }
    for (gsize i = 0; i < row.size(); ++i) {
      sub[i] = static_cast<guint8>(row[i] - (i < gsize(channels) ? 0 : row[i - channels]));
      up[i] = static_cast<guint8>(row[i] - above[i]);
    }
    const bool left = sum(sub) <= sum(up);
    line.assign(1, left ? 1 : 2);
    line.insert(line.end(), left ? sub.begin() : up.begin(), left ? sub.end() : up.end());
    size += deflate(deflater, line, y == picture.height - 1);
  }
  return size;
}

}  // namespace pentimento
