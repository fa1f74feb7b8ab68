// SPDX-License-Identifier: GPL-3.0-or-later
#include "side.h"

#include <cmath>

#include "overview.h"

namespace pentimento {
namespace {

constexpr int kRim = 2;  // pixels around an enlarged part that its interpolation looks at

/// The part of `pixels` that is visible where each of them is `enlargement` of the picture's wide.
GeglRectangle visible_part(GeglBuffer* pixels, double enlargement, const Viewport& view) {
  const double scale = view.scale_factor() / enlargement;
  const GdkRectangle &visible = view.visible(), &place = view.place();
  const auto first = [&](int offset) { return static_cast<int>(std::floor(offset * scale)); };
  const auto end = [&](int offset) { return static_cast<int>(std::ceil(offset * scale)); };
  GeglRectangle part = {first(visible.x - place.x), first(visible.y - place.y), 0, 0};
  part.width = end(visible.x - place.x + visible.width) - part.x;
  part.height = end(visible.y - place.y + visible.height) - part.y;
  if (enlargement == 1) return part;
  part = {part.x - kRim, part.y - kRim, part.width + 2 * kRim, part.height + 2 * kRim};
  gegl_rectangle_intersect(&part, &part, gegl_buffer_get_extent(pixels));
  return part;
}

void set_pixels(cairo_t* cr, const Side& side, const Viewport& view) {
  const double enlargement = static_cast<double>(view.picture_width()) / gegl_buffer_get_width(side.pixels.get());
  const GeglRectangle part = visible_part(side.pixels.get(), enlargement, view);
  const bool mask = cairo_image_surface_get_format(side.overview.get()) == CAIRO_FORMAT_A8;
  const Handle<cairo_surface_t> surface =
      mask ? render_mask_area(side.pixels.get(), part) : render_area(side.pixels.get(), part);
  cairo_scale(cr, view.zoom() * enlargement, view.zoom() * enlargement);
  cairo_set_source_surface(cr, surface.get(), part.x, part.y);
  cairo_pattern_set_filter(cairo_get_source(cr), enlargement == 1 ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_BEST);
}

void set_overview(cairo_t* cr, const Side& side, const Viewport& view) {
  const int width = cairo_image_surface_get_width(side.overview.get());
  const int height = cairo_image_surface_get_height(side.overview.get());
  cairo_scale(cr, static_cast<double>(view.place().width) / width, static_cast<double>(view.place().height) / height);
  cairo_set_source_surface(cr, side.overview.get(), 0, 0);
  // Enlarged pixels of the picture are shown as such, those of a smaller one are not.
  const bool pixels = width == view.picture_width() && view.zoom() >= 2;
  const bool enlarged = width < view.place().width;
  cairo_pattern_set_filter(cairo_get_source(cr), pixels     ? CAIRO_FILTER_NEAREST
                                                 : enlarged ? CAIRO_FILTER_BEST
                                                            : CAIRO_FILTER_GOOD);
}

}  // namespace

Side new_side(Handle<cairo_surface_t> overview, GeglBuffer* pixels) {
  return {std::move(overview), Handle<GeglBuffer>(pixels ? GEGL_BUFFER(g_object_ref(pixels)) : nullptr), {}};
}

Handle<cairo_surface_t> new_canvas(const Viewport& view) {
  const int scale = view.scale_factor();
  Handle<cairo_surface_t> canvas(
      cairo_image_surface_create(CAIRO_FORMAT_ARGB32, view.visible().width * scale, view.visible().height * scale));
  cairo_surface_set_device_scale(canvas.get(), scale, scale);
  return canvas;
}

Handle<cairo_surface_t> draw_side(const Side& side, const Viewport& view) {
  Handle<cairo_surface_t> drawn = new_canvas(view);
  cairo_t* cr = cairo_create(drawn.get());
  cairo_translate(cr, view.place().x - view.visible().x, view.place().y - view.visible().y);
  if (view.actual_size() && side.pixels)
    set_pixels(cr, side, view);
  else
    set_overview(cr, side, view);
  cairo_pattern_set_extend(cairo_get_source(cr), CAIRO_EXTEND_PAD);
  cairo_paint(cr);
  cairo_destroy(cr);
  return drawn;
}

}  // namespace pentimento
