// SPDX-License-Identifier: GPL-3.0-or-later
// A bar for each band of detail, and one for all: what of it was retained, extracted and invented.
#pragma once

#include <gtk/gtk.h>

#include <optional>

#include "shares.h"

namespace pentimento {

class SharesChart {
 public:
  SharesChart();
  SharesChart(const SharesChart&) = delete;
  /// Hidden as long as there is nothing to see.
  GtkWidget* widget() const { return frame_; }

  /// While the shares are being measured.
  void wait();
  /// None: there is nothing to see.
  void show(std::optional<SharesReport> report);

 private:
  static gboolean on_draw(GtkWidget* area, cairo_t* cr, gpointer self);
  void draw_bars(cairo_t* cr) const;

  GtkWidget* frame_;
  GtkWidget* area_;
  std::optional<SharesReport> report_;
};

}  // namespace pentimento
