// SPDX-License-Identifier: GPL-3.0-or-later
// The picture before and after, side by side at a line that the user drags; fitted to the widget or pixel for pixel.
// A mask shows in red, as GIMP's Quick Mask does.
#pragma once

#include <gegl.h>
#include <gtk/gtk.h>

#include "handles.h"
#include "side.h"
#include "viewport.h"

namespace pentimento {

class Preview {
 public:
  /// `fills_transparency`: what is transparent in the picture is not in the result.
  Preview(int picture_width, int picture_height, bool fills_transparency);
  GtkWidget* widget() const { return area_; }

  /// What is shown at actual size: a result may be larger than the picture it comes from.
  void set_picture_size(int width, int height);
  void set_before(Side before);
  /// Where the result will be seen, over the whole picture (A8); nothing: everywhere.
  void set_mask(Side mask);
  /// What the operation shall work on (A8), seen as long as there is no result.
  void set_hole(Side hole);
  /// An estimate has no pixels, and is opaque: the picture lends it its transparency.
  void set_after(Side after);
  /// Drawn over it; nothing: none.
  void set_overlay(Side overlay);
  /// What the sides are called, instead of "Before" and "After"; they outlive the preview.
  void set_names(const char* before, const char* after);
  /// The result is a mask (A8), seen over the picture.
  void set_found(Side mask);
  void clear_after();
  void set_actual_size(bool actual_size);

 private:
  enum class Drag { kNone, kSplit, kPan };

  static gboolean on_draw(GtkWidget*, cairo_t* cr, gpointer self);
  static gboolean on_button(GtkWidget*, GdkEventButton* event, gpointer self);
  static gboolean on_motion(GtkWidget*, GdkEventMotion* event, gpointer self);
  static gboolean on_scroll(GtkWidget*, GdkEventScroll* event, gpointer self);
  static gboolean on_key(GtkWidget*, GdkEventKey* event, gpointer self);
  static void on_resize(GtkWidget*, GdkRectangle*, gpointer self);

  void outdate();
  void pan(double dx, double dy);
  void move_split(double fraction);
  double split_x() const;
  bool near_split(double x) const;
  void update_cursor(double x);
  void draw_sides();
  Handle<cairo_surface_t> draw_after() const;
  Handle<cairo_surface_t> draw_through_mask(const Handle<cairo_surface_t>& after) const;
  Handle<cairo_surface_t> draw_red(const Side& mask) const;

  GtkWidget* area_;
  Viewport view_;
  const bool fills_transparency_;
  Side before_, after_, overlay_, mask_, hole_;
  const char *before_name_, *after_name_;
  bool after_is_mask_ = false;
  double split_ = 0.5;  // as a fraction of the visible part
  Drag drag_ = Drag::kNone;
  double drag_x_ = 0, drag_y_ = 0;
};

}  // namespace pentimento
