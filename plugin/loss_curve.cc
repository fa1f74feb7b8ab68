// SPDX-License-Identifier: GPL-3.0-or-later
#include "loss_curve.h"

#include <glib/gi18n-lib.h>

#include <algorithm>
#include <cmath>

#include "handles.h"

namespace pentimento {
namespace {

constexpr int kMinHeight = 96;
constexpr double kPad = 6;

/// Of 1, 2 and 5 times a power of ten the finest steps that are not crowded, as log10.
std::vector<double> ticks(double low, double high) {
  std::vector<double> ticks;
  const bool decades = high - low > 1.5;
  for (int decade = static_cast<int>(std::floor(low)); decade <= high; ++decade)
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (decades && factor > 1) continue;
      const double tick = decade + std::log10(factor);
      if (tick >= low && tick <= high) ticks.push_back(tick);
    }
  return ticks;
}

void set_foreground(GtkWidget* widget, cairo_t* cr, double alpha) {
  GdkRGBA color;
  GtkStyleContext* style = gtk_widget_get_style_context(widget);
  gtk_style_context_get_color(style, gtk_style_context_get_state(style), &color);
  color.alpha *= alpha;
  gdk_cairo_set_source_rgba(cr, &color);
}

}  // namespace

LossCurve::LossCurve() : area_(gtk_drawing_area_new()) {
  gtk_widget_set_size_request(area_, -1, kMinHeight);
  gtk_widget_set_vexpand(area_, TRUE);
  atk_object_set_name(gtk_widget_get_accessible(area_), _("Loss"));
  g_signal_connect(area_, "draw", G_CALLBACK(on_draw), this);
}

void LossCurve::clear() {
  logs_.clear();
  gtk_widget_queue_draw(area_);
}

void LossCurve::add(std::span<const double> losses) {
  for (const double loss : losses)
    if (loss > 0 && std::isfinite(loss)) logs_.push_back(std::log10(loss));
  gtk_widget_queue_draw(area_);
}

gboolean LossCurve::on_draw(GtkWidget* area, cairo_t* cr, gpointer self) {
  const LossCurve& curve = *static_cast<LossCurve*>(self);
  cairo_set_line_width(cr, 1);
  cairo_rectangle(cr, 0.5, 0.5, gtk_widget_get_allocated_width(area) - 1, gtk_widget_get_allocated_height(area) - 1);
  set_foreground(area, cr, 0.04);
  cairo_fill_preserve(cr);
  set_foreground(area, cr, 0.15);
  cairo_stroke(cr);
  if (curve.logs_.size() < 2) return FALSE;

  const auto [low, high] = std::minmax_element(curve.logs_.begin(), curve.logs_.end());
  const double margin = std::max(0.05, 0.08 * (*high - *low));
  curve.draw_grid(cr, *low - margin, *high + margin);
  curve.draw_curve(cr, *low - margin, *high + margin);
  return FALSE;
}

void LossCurve::draw_grid(cairo_t* cr, double low, double high) const {
  const double width = gtk_widget_get_allocated_width(area_), height = gtk_widget_get_allocated_height(area_);
  const Handle<PangoLayout> layout(gtk_widget_create_pango_layout(area_, nullptr));
  PangoAttrList* attributes = pango_attr_list_new();
  pango_attr_list_insert(attributes, pango_attr_scale_new(PANGO_SCALE_X_SMALL));
  pango_layout_set_attributes(layout.get(), attributes);
  pango_attr_list_unref(attributes);

  double last_y = height;  // the labels must not run into each other
  for (const double tick : ticks(low, high)) {
    const double y = std::round(kPad + (high - tick) / (high - low) * (height - 2 * kPad)) + 0.5;
    const Text text(g_strdup_printf("%.2g", std::pow(10, tick)));
    pango_layout_set_text(layout.get(), text.get(), -1);
    int text_width, text_height;
    pango_layout_get_pixel_size(layout.get(), &text_width, &text_height);
    if (last_y - y < text_height || y < text_height / 2.0) continue;
    last_y = y;

    set_foreground(area_, cr, 0.12);
    cairo_move_to(cr, 1, y);
    cairo_line_to(cr, width - text_width - 2 * kPad, y);
    cairo_stroke(cr);
    set_foreground(area_, cr, 0.6);
    cairo_move_to(cr, width - text_width - kPad, y - text_height / 2.0);
    pango_cairo_show_layout(cr, layout.get());
  }
}

void LossCurve::draw_curve(cairo_t* cr, double low, double high) const {
  constexpr double kLabels = 40;  // room for the labels of the grid
  const double width = gtk_widget_get_allocated_width(area_) - 2 * kPad - kLabels;
  const double height = gtk_widget_get_allocated_height(area_) - 2 * kPad;
  const auto y_of = [&](double log) { return kPad + (high - log) / (high - low) * height; };

  // One vertical stroke from the lowest to the highest value of each pixel column shows every spike of a long run.
  cairo_new_path(cr);
  const std::size_t columns = std::max<std::size_t>(2, std::min<std::size_t>(logs_.size(), std::max(2.0, width)));
  for (std::size_t c = 0; c < columns; ++c) {
    const std::size_t begin = c * logs_.size() / columns, end = std::max(begin + 1, (c + 1) * logs_.size() / columns);
    const auto [least, most] = std::minmax_element(logs_.begin() + begin, logs_.begin() + end);
    const double x = kPad + width * c / (columns - 1);
    cairo_line_to(cr, x, y_of(*least));
    if (*most > *least) cairo_line_to(cr, x, y_of(*most));
  }
  cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width(cr, 1.5);
  set_foreground(area_, cr, 0.9);
  cairo_stroke(cr);
}

}  // namespace pentimento
