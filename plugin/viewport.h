// SPDX-License-Identifier: GPL-3.0-or-later
// Where in a widget a picture stands: fitted to it, or one of its pixels on one of the screen's, movable then.
#pragma once

#include <gtk/gtk.h>

namespace pentimento {

class Viewport {
 public:
  Viewport(int picture_width, int picture_height) : width_(picture_width), height_(picture_height) {}

  void set_picture(int width, int height);
  void set_widget(int width, int height, int scale_factor);
  void set_actual_size(bool actual_size);
  /// By pixels of the widget; nothing where the picture is fitted.
  void pan(double dx, double dy);

  int picture_width() const { return width_; }
  bool actual_size() const { return actual_size_; }
  bool movable() const;
  double zoom() const { return zoom_; }
  int scale_factor() const { return scale_factor_; }
  /// Of the picture, and of what is visible of it, in the widget's coordinates.
  const GdkRectangle& place() const { return place_; }
  const GdkRectangle& visible() const { return visible_; }

 private:
  void update();

  int width_, height_;  // of the picture
  int widget_width_ = 1, widget_height_ = 1, scale_factor_ = 1;
  bool actual_size_ = false;
  double center_x_ = 0.5, center_y_ = 0.5;  // of the view at actual size, as fractions of the picture
  double zoom_ = 1;
  GdkRectangle place_{}, visible_{};
};

}  // namespace pentimento
