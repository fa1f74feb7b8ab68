// SPDX-License-Identifier: GPL-3.0-or-later
#include "overview.h"

#include <algorithm>
#include <cmath>

namespace pentimento {
namespace {

constexpr double kMaxPixels = 1.5e6;

struct Kind {
  cairo_format_t cairo;
  const char* babl;
};
constexpr Kind kPicture = {CAIRO_FORMAT_ARGB32, "cairo-ARGB32"}, kMask = {CAIRO_FORMAT_A8, "Y u8"};

// GEGL takes `area` in coordinates that are already scaled.
Handle<cairo_surface_t> render(GeglBuffer* buffer, const GeglRectangle& area, double scale, const Kind& kind) {
  Handle<cairo_surface_t> surface(cairo_image_surface_create(kind.cairo, area.width, area.height));
  cairo_surface_flush(surface.get());
  gegl_buffer_get(buffer, &area, scale, babl_format(kind.babl), cairo_image_surface_get_data(surface.get()),
                  cairo_image_surface_get_stride(surface.get()), GEGL_ABYSS_CLAMP);
  cairo_surface_mark_dirty(surface.get());
  return surface;
}

Handle<cairo_surface_t> render_reduced(GeglBuffer* buffer, const GeglRectangle& area, const Kind& kind) {
  const double scale = std::min(1.0, std::sqrt(kMaxPixels / (static_cast<double>(area.width) * area.height)));
  const auto scaled = [scale](int length) { return static_cast<int>(std::lround(length * scale)); };
  return render(buffer,
                {scaled(area.x), scaled(area.y), std::max(1, scaled(area.width)), std::max(1, scaled(area.height))},
                scale, kind);
}

}  // namespace

Handle<cairo_surface_t> render_area(GeglBuffer* buffer, const GeglRectangle& area) {
  return render(buffer, area, 1.0, kPicture);
}

Handle<cairo_surface_t> render_mask_area(GeglBuffer* mask, const GeglRectangle& area) {
  return render(mask, area, 1.0, kMask);
}

Handle<cairo_surface_t> render_overview(GeglBuffer* buffer, const GeglRectangle& area) {
  return render_reduced(buffer, area, kPicture);
}

Handle<cairo_surface_t> render_mask_overview(GeglBuffer* mask) {
  return render_reduced(mask, *gegl_buffer_get_extent(mask), kMask);
}

}  // namespace pentimento
