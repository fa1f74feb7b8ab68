// SPDX-License-Identifier: GPL-3.0-or-later
#include "buffers.h"

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento {
namespace {

void enlarge_through(GeglBuffer* input, const GeglRectangle& from, GeglBuffer* output, const GeglRectangle& to,
                     const GeglRectangle& area, double magnification) {
  const Babl* format = gegl_buffer_get_format(output);
  const int pixel = babl_format_get_bytes_per_pixel(format);
  // Beyond its extent a sampler takes the nearest pixel.
  g_autoptr(GeglBuffer) source = gegl_buffer_create_sub_buffer(input, &from);
  GeglSampler* sampler = gegl_buffer_sampler_new(source, format, GEGL_SAMPLER_LINEAR);
  std::vector<guint8> row(gsize(area.width) * pixel);
  for (int y = area.y; y < area.y + area.height; ++y) {
    for (int n = 0; n < area.width; ++n)
      gegl_sampler_get(sampler, from.x + (area.x + n - to.x + 0.5) / magnification,
                       from.y + (y - to.y + 0.5) / magnification, nullptr, &row[gsize(n) * pixel], GEGL_ABYSS_CLAMP);
    gegl_buffer_set(output, GEGL_RECTANGLE(area.x, y, area.width, 1), 0, format, row.data(), GEGL_AUTO_ROWSTRIDE);
  }
  g_object_unref(sampler);
}

// The boxes are counted from the picture's corner; at its end they are cut off.
void shrink_through(GeglBuffer* input, const GeglRectangle& from, GeglBuffer* output, const GeglRectangle& to,
                    const GeglRectangle& area, int scale) {
  const Babl* format =
      babl_format_with_space("R'aG'aB'aA float", babl_format_get_space(gegl_buffer_get_format(output)));
  std::vector<float> in, row;
  for (int y = area.y; y < area.y + area.height; ++y) {
    GeglRectangle boxes = {from.x + (area.x - to.x) * scale, from.y + (y - to.y) * scale, area.width * scale, scale};
    gegl_rectangle_intersect(&boxes, &boxes, &from);
    in.resize(gsize{4} * boxes.width * boxes.height);
    gegl_buffer_get(input, &boxes, 1.0, format, in.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    row.assign(gsize{4} * area.width, 0);
    for (gsize i = 0; i < in.size(); ++i) {
      const int x = static_cast<int>(i / 4 % boxes.width) / scale;
      const int box = std::min(scale, boxes.width - x * scale) * boxes.height;
      row[gsize{4} * x + i % 4] += in[i] / box;
    }
    gegl_buffer_set(output, GEGL_RECTANGLE(area.x, y, area.width, 1), 0, format, row.data(), GEGL_AUTO_ROWSTRIDE);
  }
}

}  // namespace

const Babl* lossless_format(const Babl* source, const Babl* space) {
  const BablModelFlag flags =
      source ? babl_get_model_flags(babl_format_get_model(source)) : static_cast<BablModelFlag>(0);
  const bool alpha = !source || babl_format_has_alpha(source);
  const bool associated = alpha && (flags & BABL_MODEL_FLAG_ASSOCIATED);
  std::string curve = "'";
  if (flags & (BABL_MODEL_FLAG_GRAY | BABL_MODEL_FLAG_RGB)) {
    if (flags & BABL_MODEL_FLAG_LINEAR) curve = "";
    if (flags & BABL_MODEL_FLAG_PERCEPTUAL) curve = "~";
  }
  std::string encoding;
  for (char channel : std::string_view(flags & BABL_MODEL_FLAG_GRAY ? "Y" : "RGB"))
    encoding += channel + curve + (associated ? "a" : "");
  if (alpha) encoding += 'A';
  const std::string_view type = source ? babl_get_name(babl_format_get_type(source, 0)) : "";
  // Floats hold all narrower samples; babl's way from u32 to double and back is not exact.
  encoding += type == "double" ? " double" : type == "u32" ? " u32" : " float";
  return babl_format_with_space(encoding.c_str(), space);
}

Pixels fetch_picture(GeglBuffer* buffer, const GeglRectangle& extent, const Babl* space) {
  Pixels pixels(extent.width, extent.height, 3);
  const Babl* rgb = babl_format_with_space("R'G'B' float", space);
  in_bands(extent, [&](const GeglRectangle& band) {
    gegl_buffer_get(buffer, &band, 1.0, rgb, pixels.at(0, band.y - extent.y), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  });
  return pixels;
}

bool has_opaque_pixel(GeglBuffer* buffer, const GeglRectangle& extent) {
  if (!babl_format_has_alpha(gegl_buffer_get_format(buffer))) return true;
  GeglBufferIterator* i =
      gegl_buffer_iterator_new(buffer, &extent, 0, babl_format("A float"), GEGL_ACCESS_READ, GEGL_ABYSS_NONE, 1);
  while (gegl_buffer_iterator_next(i)) {
    const auto* alpha = static_cast<const float*>(i->items[0].data);
    if (std::any_of(alpha, alpha + i->length, [](float a) { return a != 0; })) {
      gegl_buffer_iterator_stop(i);
      return true;
    }
  }
  return false;
}

void copy_through(GeglBuffer* input, const GeglRectangle& from, GeglBuffer* output, const GeglRectangle& to,
                  const GeglRectangle& area, double magnification) {
  if (gegl_rectangle_equal(&from, &to))
    gegl_buffer_copy(input, &area, GEGL_ABYSS_NONE, output, &area);
  else if (magnification > 1)
    enlarge_through(input, from, output, to, area, magnification);
  else
    shrink_through(input, from, output, to, area, static_cast<int>(std::lround(1 / magnification)));
}

}  // namespace pentimento
