// SPDX-License-Identifier: GPL-3.0-or-later
#include "shares_chart.h"

#include <glib/gi18n-lib.h>
#include <libgimp/gimpui.h>

#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "handles.h"

namespace pentimento {
namespace {

constexpr double kBar = 12, kRow = 19, kLabels = 46, kNumbers = 38, kGap = 8;
constexpr int kRows = 6;  // all, and five bands
constexpr int kHeight = static_cast<int>((kRows + 1) * kRow);

/// Retained, extracted, invented: grey, blue, and the signal colour of the overlay.
struct Kind {
  double Shares::* share;
  std::array<double, 3> color;
  const char* name;
};
constexpr Kind kKinds[] = {{&Shares::retained, {0.55, 0.55, 0.55}, N_("Retained")},
                           {&Shares::extracted, {0.25, 0.55, 0.9}, N_("Extracted")},
                           {&Shares::invented, {1, 0, 1}, N_("Invented")}};

/// `text`, centred on `y`; from `x` rightwards, or, aligned to the right, leftwards. Returns its width.
int draw_text(GtkWidget* area, cairo_t* cr, const char* text, double x, double y, bool right = false) {
  const Handle<PangoLayout> layout(gtk_widget_create_pango_layout(area, text));
  PangoAttrList* attributes = pango_attr_list_new();
  pango_attr_list_insert(attributes, pango_attr_scale_new(PANGO_SCALE_SMALL));
  pango_layout_set_attributes(layout.get(), attributes);
  pango_attr_list_unref(attributes);
  int width, height;
  pango_layout_get_pixel_size(layout.get(), &width, &height);
  GdkRGBA color;
  GtkStyleContext* style = gtk_widget_get_style_context(area);
  gtk_style_context_get_color(style, gtk_style_context_get_state(style), &color);
  gdk_cairo_set_source_rgba(cr, &color);
  cairo_move_to(cr, right ? x - width : x, y - height / 2.0);
  pango_cairo_show_layout(cr, layout.get());
  return width;
}

void draw_legend(GtkWidget* area, cairo_t* cr, double y) {
  double x = 0;
  for (const Kind& kind : kKinds) {
    cairo_set_source_rgb(cr, kind.color[0], kind.color[1], kind.color[2]);
    cairo_rectangle(cr, x, std::round(y - 5), 10, 10);
    cairo_fill(cr);
    x += 14 + draw_text(area, cr, _(kind.name), x + 14, y) + kGap;
  }
}

void draw_bar(cairo_t* cr, const Shares& shares, double y, double width) {
  double x = kLabels;
  for (const Kind& kind : kKinds) {
    const double part = shares.*kind.share * width;
    cairo_set_source_rgb(cr, kind.color[0], kind.color[1], kind.color[2]);
    cairo_rectangle(cr, x, y - kBar / 2, part, kBar);
    cairo_fill(cr);
    x += part;
  }
}

Text percent(double share) { return Text(g_strdup_printf(_("%d%%"), static_cast<int>(std::lround(100 * share)))); }

}  // namespace

SharesChart::SharesChart() : frame_(gimp_frame_new(_("Where it comes from"))), area_(gtk_drawing_area_new()) {
  gtk_widget_set_size_request(area_, -1, kHeight);
  gimp_help_set_help_data(area_,
                          _("Of the information in the result: what was retained as it is in the original, what was "
                            "extracted from it, and what was invented, as a percentage at the right; for details of "
                            "each size in pixels"),
                          nullptr);
  atk_object_set_name(gtk_widget_get_accessible(area_), _("Shares retained, extracted and invented"));
  g_signal_connect(area_, "draw", G_CALLBACK(on_draw), this);
  gtk_container_add(GTK_CONTAINER(frame_), area_);
  gtk_widget_show(area_);
  gtk_widget_set_no_show_all(frame_, TRUE);
}

void SharesChart::wait() {
  report_.reset();
  gtk_widget_show(frame_);
  gtk_widget_queue_draw(area_);
}

void SharesChart::show(std::optional<SharesReport> report) {
  report_ = std::move(report);
  gtk_widget_set_visible(frame_, report_.has_value());
  gtk_widget_queue_draw(area_);
}

gboolean SharesChart::on_draw(GtkWidget* area, cairo_t* cr, gpointer self) {
  const SharesChart& chart = *static_cast<SharesChart*>(self);
  if (chart.report_)
    chart.draw_bars(cr);
  else
    draw_text(area, cr, _("Measuring…"), 0, kRow / 2);
  return FALSE;
}

void SharesChart::draw_bars(cairo_t* cr) const {
  const double width = gtk_widget_get_allocated_width(area_);
  double y = kRow / 2;
  const auto draw_row = [&](const char* label, const Shares& shares) {
    draw_text(area_, cr, label, 0, y);
    draw_bar(cr, shares, std::round(y), width - kLabels - kNumbers);
    draw_text(area_, cr, percent(shares.invented).get(), width, y, true);
    y += kRow;
  };
  draw_row(_("All"), report_->all);
  for (std::size_t i = 0; i < report_->bands.size(); ++i)
    draw_row(Text(g_strdup_printf(_("%d px"), 1 << i)).get(), report_->bands[i]);
  draw_legend(area_, cr, y);
}

}  // namespace pentimento
