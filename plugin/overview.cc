// SPDX-License-Identifier: GPL-3.0-or-later
#include "overview.h"

#include <algorithm>
#include <cmath>

namespace pentimento {
namespace {

constexpr double kMaxPixels = 1.5e6;

// GEGL takes `area` in coordinates that are already scaled.
Handle<cairo_surface_t> render(GeglBuffer* buffer, const GeglRectangle& area, double scale) {
  Handle<cairo_surface_t> surface(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, area.width, area.height));
  cairo_surface_flush(surface.get());
  gegl_buffer_get(buffer, &area, scale, babl_format("cairo-ARGB32"), cairo_image_surface_get_data(surface.get()),
                  cairo_image_surface_get_stride(surface.get()), GEGL_ABYSS_CLAMP);
  cairo_surface_mark_dirty(surface.get());
  return surface;
}

}  // namespace

Handle<cairo_surface_t> render_area(GeglBuffer* buffer, const GeglRectangle& area) { return render(buffer, area, 1.0); }

Handle<cairo_surface_t> render_overview(GeglBuffer* buffer) {
  const int width = gegl_buffer_get_width(buffer);
  const int height = gegl_buffer_get_height(buffer);
  const double scale = std::min(1.0, std::sqrt(kMaxPixels / (static_cast<double>(width) * height)));
  const GeglRectangle area = {0, 0, std::max(1, static_cast<int>(std::lround(width * scale))),
                              std::max(1, static_cast<int>(std::lround(height * scale)))};
  return render(buffer, area, scale);
}

}  // namespace pentimento
