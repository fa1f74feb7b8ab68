// SPDX-License-Identifier: GPL-3.0-or-later
// The picture before and after, side by side at a line that the user drags; fitted to the widget or pixel for pixel.
#pragma once

#include <gegl.h>
#include <gtk/gtk.h>

#include "handles.h"

namespace pentimento {

class Preview {
 public:
  Preview(int picture_width, int picture_height);
  GtkWidget* widget() const { return area_; }

  /// `pixels` (shared) is the picture itself; what both show at actual size where it is given.
  void set_before(Handle<cairo_surface_t> overview, GeglBuffer* pixels);
  /// Where the result will be seen, over the whole picture (A8); null: everywhere.
  void set_mask(Handle<cairo_surface_t> mask);
  void set_after(Handle<cairo_surface_t> overview, GeglBuffer* pixels = nullptr);
  void clear_after();
  void set_actual_size(bool actual_size);

 private:
  struct Side {
    Handle<cairo_surface_t> overview;
    Handle<GeglBuffer> pixels;
    Handle<cairo_surface_t> drawn;  // what the widget shows of it; null when that is out of date
  };
  enum class Drag { kNone, kSplit, kPan };

  static gboolean on_draw(GtkWidget*, cairo_t* cr, gpointer self);
  static gboolean on_button(GtkWidget*, GdkEventButton* event, gpointer self);
  static gboolean on_motion(GtkWidget*, GdkEventMotion* event, gpointer self);
  static gboolean on_scroll(GtkWidget*, GdkEventScroll* event, gpointer self);
  static gboolean on_key(GtkWidget*, GdkEventKey* event, gpointer self);
  static void on_resize(GtkWidget*, GdkRectangle*, gpointer self);

  void place();
  void outdate();
  void pan(double dx, double dy);
  void move_split(double fraction);
  double split_x() const;
  bool near_split(double x) const;
  void update_cursor(double x);
  Handle<cairo_surface_t> new_canvas() const;
  Handle<cairo_surface_t> draw_side(const Side& side) const;
  Handle<cairo_surface_t> draw_after() const;

  GtkWidget* area_;
  const int width_, height_;  // of the picture
  Side before_, after_, mask_;
  bool actual_size_ = false;
  double center_x_ = 0.5, center_y_ = 0.5;  // of the view at actual size, as fractions of the picture
  double split_ = 0.5;                      // as a fraction of the visible part
  Drag drag_ = Drag::kNone;
  double drag_x_ = 0, drag_y_ = 0;
  // The picture's place in the widget, and the part of it that is visible; in the widget's coordinates.
  double zoom_ = 1;
  GdkRectangle place_{}, visible_{};
};

}  // namespace pentimento
