// SPDX-License-Identifier: GPL-3.0-or-later
// A small curve of the loss over the iterations, on a logarithmic scale.
#pragma once

#include <gtk/gtk.h>

#include <span>
#include <vector>

namespace pentimento {

class LossCurve {
 public:
  LossCurve();
  GtkWidget* widget() const { return area_; }
  void clear();
  void add(std::span<const double> losses);

 private:
  static gboolean on_draw(GtkWidget* area, cairo_t* cr, gpointer self);
  void draw_grid(cairo_t* cr, double low, double high) const;
  void draw_curve(cairo_t* cr, double low, double high) const;

  GtkWidget* area_;
  std::vector<double> logs_;  // log10 of the positive, finite losses
};

}  // namespace pentimento
