// SPDX-License-Identifier: GPL-3.0-or-later
#include "split_handle.h"

#include <cmath>

#include "handles.h"

namespace pentimento {
namespace {

constexpr double kRadius = 13;  // of the grip
constexpr double kMargin = 10;  // between a name and the edges
constexpr double kPadX = 8, kPadY = 3;

void rounded(cairo_t* cr, double x, double y, double width, double height) {
  const double r = height / 2;
  cairo_new_path(cr);
  cairo_arc(cr, x + r, y + r, r, M_PI / 2, 3 * M_PI / 2);
  cairo_arc(cr, x + width - r, y + r, r, -M_PI / 2, M_PI / 2);
  cairo_close_path(cr);
}

/// Dark under white: it can be told from any picture.
void draw_line(cairo_t* cr, const GdkRectangle& picture, double x) {
  for (const auto& [width, grey, alpha] : {std::tuple{4.0, 0.0, 0.35}, std::tuple{2.0, 1.0, 1.0}}) {
    cairo_set_source_rgba(cr, grey, grey, grey, alpha);
    cairo_set_line_width(cr, width);
    cairo_move_to(cr, x, picture.y);
    cairo_line_to(cr, x, picture.y + picture.height);
    cairo_stroke(cr);
  }
}

void draw_grip(cairo_t* cr, double x, double y) {
  cairo_arc(cr, x, y, kRadius + 1, 0, 2 * M_PI);
  cairo_set_source_rgba(cr, 0, 0, 0, 0.35);
  cairo_fill(cr);
  cairo_arc(cr, x, y, kRadius, 0, 2 * M_PI);
  cairo_set_source_rgb(cr, 1, 1, 1);
  cairo_fill(cr);
  cairo_set_source_rgb(cr, 0.25, 0.25, 0.25);
  for (const int side : {-1, 1}) {
    cairo_move_to(cr, x + side * 9, y);
    cairo_line_to(cr, x + side * 3, y - 5);
    cairo_line_to(cr, x + side * 3, y + 5);
    cairo_close_path(cr);
    cairo_fill(cr);
  }
}

/// In the lower outer corner of its side, where there is room for it.
void draw_name(GtkWidget* widget, cairo_t* cr, const char* name, const GdkRectangle& picture, double from, double to,
               bool at_right) {
  const Handle<PangoLayout> layout(gtk_widget_create_pango_layout(widget, name));
  int width, height;
  pango_layout_get_pixel_size(layout.get(), &width, &height);
  const double w = width + 2 * kPadX, h = height + 2 * kPadY;
  if (to - from < w + 2 * kMargin + kRadius) return;
  const double x = at_right ? to - kMargin - w : from + kMargin;
  const double y = picture.y + picture.height - kMargin - h;
  rounded(cr, x, y, w, h);
  cairo_set_source_rgba(cr, 0, 0, 0, 0.6);
  cairo_fill(cr);
  cairo_set_source_rgb(cr, 1, 1, 1);
  cairo_move_to(cr, x + kPadX, y + kPadY);
  pango_cairo_show_layout(cr, layout.get());
}

}  // namespace

void draw_split(GtkWidget* widget, cairo_t* cr, const GdkRectangle& picture, double x, const char* before,
                const char* after) {
  draw_line(cr, picture, x);
  draw_grip(cr, x, picture.y + picture.height / 2.0);
  draw_name(widget, cr, before, picture, picture.x, x, false);
  draw_name(widget, cr, after, picture, x, picture.x + picture.width, true);
}

}  // namespace pentimento
