// SPDX-License-Identifier: GPL-3.0-or-later
// A row of small pictures, one for each part of a decomposition; the user chooses which one to look at.
#pragma once

#include <gtk/gtk.h>

#include <array>
#include <functional>
#include <span>

#include "filters.h"
#include "side.h"

namespace pentimento {

class PartsStrip {
 public:
  /// `on_choice` is called when the user has chosen another part.
  PartsStrip(const Decomposition& decomposition, int picture_width, int picture_height,
             std::function<void()> on_choice);
  PartsStrip(const PartsStrip&) = delete;
  GtkWidget* widget() const { return row_; }

  /// One side for each part; none: there is nothing to see, and nothing to choose.
  void show(std::span<const Side> parts);
  void choose(std::size_t part);
  std::size_t chosen() const;

 private:
  struct Picture {
    GtkWidget *button, *area;
    Handle<cairo_surface_t> overview{};
  };

  static gboolean on_draw(GtkWidget* area, cairo_t* cr, gpointer picture);
  static void on_toggled(GtkToggleButton* button, gpointer self);

  GtkWidget* row_;
  std::array<Picture, Decomposition::kParts> pictures_;
  std::function<void()> on_choice_;
};

}  // namespace pentimento
