// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewport.h"

#include <algorithm>
#include <cmath>

namespace pentimento {

void Viewport::set_picture(int width, int height) {
  width_ = width;
  height_ = height;
  update();
}

void Viewport::set_widget(int width, int height, int scale_factor) {
  widget_width_ = width;
  widget_height_ = height;
  scale_factor_ = scale_factor;
  update();
}

void Viewport::set_actual_size(bool actual_size) {
  actual_size_ = actual_size;
  update();
}

void Viewport::pan(double dx, double dy) {
  if (!actual_size_) return;
  center_x_ += dx / place_.width;
  center_y_ += dy / place_.height;
  update();
}

bool Viewport::movable() const {
  return actual_size_ && (place_.width > visible_.width || place_.height > visible_.height);
}

void Viewport::update() {
  // Actual size: one pixel of the picture on one of the screen, also where the desktop scales.
  zoom_ = actual_size_
              ? 1.0 / scale_factor_
              : std::min(static_cast<double>(widget_width_) / width_, static_cast<double>(widget_height_) / height_);
  place_.width = std::max(1, static_cast<int>(std::lround(width_ * zoom_)));
  place_.height = std::max(1, static_cast<int>(std::lround(height_ * zoom_)));

  const auto clamp_center = [](double center, int shown, int whole) {
    const double half = std::min(0.5, 0.5 * shown / whole);
    return std::clamp(center, half, 1 - half);
  };
  center_x_ = clamp_center(center_x_, widget_width_, place_.width);
  center_y_ = clamp_center(center_y_, widget_height_, place_.height);
  place_.x = static_cast<int>(std::lround(0.5 * widget_width_ - center_x_ * place_.width));
  place_.y = static_cast<int>(std::lround(0.5 * widget_height_ - center_y_ * place_.height));
  const GdkRectangle widget = {0, 0, widget_width_, widget_height_};
  gdk_rectangle_intersect(&place_, &widget, &visible_);
}

}  // namespace pentimento
