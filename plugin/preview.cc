// SPDX-License-Identifier: GPL-3.0-or-later
#include "preview.h"

#include <glib/gi18n-lib.h>

#include <algorithm>
#include <cmath>

#include "overview.h"
#include "split_handle.h"

namespace pentimento {
namespace {

constexpr int kMinWidth = 320, kMinHeight = 240;
constexpr double kGrip = 12;    // how near to the line a press takes hold of it, in pixels
constexpr double kScroll = 48;  // pixels for one notch of the wheel
constexpr double kKeyStep = 0.02, kKeyStride = 0.1;

void paint_checkerboard(cairo_t* cr) {
  constexpr int kCheck = 8;
  Handle<cairo_surface_t> checks(cairo_image_surface_create(CAIRO_FORMAT_RGB24, 2 * kCheck, 2 * kCheck));
  cairo_t* check = cairo_create(checks.get());
  cairo_set_source_rgb(check, 0.4, 0.4, 0.4);
  cairo_paint(check);
  cairo_set_source_rgb(check, 0.6, 0.6, 0.6);
  cairo_rectangle(check, 0, 0, kCheck, kCheck);
  cairo_rectangle(check, kCheck, kCheck, kCheck, kCheck);
  cairo_fill(check);
  cairo_destroy(check);
  cairo_set_source_surface(cr, checks.get(), 0, 0);
  cairo_pattern_set_extend(cairo_get_source(cr), CAIRO_EXTEND_REPEAT);
  cairo_paint(cr);
}

}  // namespace

Preview::Preview(int picture_width, int picture_height)
    : area_(gtk_drawing_area_new()), width_(picture_width), height_(picture_height) {
  gtk_widget_set_size_request(area_, kMinWidth, kMinHeight);
  gtk_widget_set_hexpand(area_, TRUE);
  gtk_widget_set_vexpand(area_, TRUE);
  gtk_widget_set_can_focus(area_, TRUE);
  gtk_widget_add_events(area_, GDK_BUTTON_PRESS_MASK | GDK_BUTTON_RELEASE_MASK | GDK_POINTER_MOTION_MASK |
                                   GDK_SCROLL_MASK | GDK_SMOOTH_SCROLL_MASK | GDK_KEY_PRESS_MASK);
  atk_object_set_name(gtk_widget_get_accessible(area_), _("Preview before and after"));
  g_signal_connect(area_, "draw", G_CALLBACK(on_draw), this);
  g_signal_connect(area_, "button-press-event", G_CALLBACK(on_button), this);
  g_signal_connect(area_, "button-release-event", G_CALLBACK(on_button), this);
  g_signal_connect(area_, "motion-notify-event", G_CALLBACK(on_motion), this);
  g_signal_connect(area_, "scroll-event", G_CALLBACK(on_scroll), this);
  g_signal_connect(area_, "key-press-event", G_CALLBACK(on_key), this);
  g_signal_connect(area_, "size-allocate", G_CALLBACK(on_resize), this);
}

void Preview::set_before(Handle<cairo_surface_t> overview, GeglBuffer* pixels) {
  before_.overview = std::move(overview);
  before_.pixels.reset(GEGL_BUFFER(g_object_ref(pixels)));
  outdate();
}

void Preview::set_mask(Handle<cairo_surface_t> mask) {
  mask_.overview = std::move(mask);
  outdate();
}

void Preview::set_after(Handle<cairo_surface_t> overview, GeglBuffer* pixels) {
  after_.overview = std::move(overview);
  after_.pixels.reset(pixels ? GEGL_BUFFER(g_object_ref(pixels)) : nullptr);
  after_.drawn.reset();
  gtk_widget_queue_draw(area_);
}

void Preview::clear_after() {
  after_ = {};
  gtk_widget_queue_draw(area_);
}

void Preview::set_actual_size(bool actual_size) {
  actual_size_ = actual_size;
  place();
}

void Preview::outdate() {
  for (Side* side : {&before_, &after_, &mask_}) side->drawn.reset();
  gtk_widget_queue_draw(area_);
}

void Preview::place() {
  const int width = gtk_widget_get_allocated_width(area_), height = gtk_widget_get_allocated_height(area_);
  // Actual size: one pixel of the picture on one of the screen, also where the desktop scales.
  zoom_ = actual_size_ ? 1.0 / gtk_widget_get_scale_factor(area_)
                       : std::min(static_cast<double>(width) / width_, static_cast<double>(height) / height_);
  place_.width = std::max(1, static_cast<int>(std::lround(width_ * zoom_)));
  place_.height = std::max(1, static_cast<int>(std::lround(height_ * zoom_)));

  const auto clamp_center = [](double center, int shown, int whole) {
    const double half = std::min(0.5, 0.5 * shown / whole);
    return std::clamp(center, half, 1 - half);
  };
  center_x_ = clamp_center(center_x_, width, place_.width);
  center_y_ = clamp_center(center_y_, height, place_.height);
  place_.x = static_cast<int>(std::lround(0.5 * width - center_x_ * place_.width));
  place_.y = static_cast<int>(std::lround(0.5 * height - center_y_ * place_.height));
  const GdkRectangle widget = {0, 0, width, height};
  gdk_rectangle_intersect(&place_, &widget, &visible_);
  outdate();
}

void Preview::pan(double dx, double dy) {
  if (!actual_size_) return;
  center_x_ += dx / place_.width;
  center_y_ += dy / place_.height;
  place();
}

void Preview::move_split(double fraction) {
  split_ = std::clamp(fraction, 0.0, 1.0);
  gtk_widget_queue_draw(area_);
}

double Preview::split_x() const { return visible_.x + split_ * visible_.width; }

bool Preview::near_split(double x) const { return after_.overview && std::abs(x - split_x()) <= kGrip; }

void Preview::update_cursor(double x) {
  const char* name = drag_ == Drag::kPan                                                               ? "grabbing"
                     : drag_ == Drag::kSplit || near_split(x)                                          ? "col-resize"
                     : actual_size_ && (place_.x < 0 || place_.y < 0 || place_.width > visible_.width) ? "grab"
                                                                                                       : nullptr;
  const Handle<GdkCursor> cursor(name ? gdk_cursor_new_from_name(gtk_widget_get_display(area_), name) : nullptr);
  gdk_window_set_cursor(gtk_widget_get_window(area_), cursor.get());
}

Handle<cairo_surface_t> Preview::new_canvas() const {
  const int scale = gtk_widget_get_scale_factor(area_);
  Handle<cairo_surface_t> canvas(
      cairo_image_surface_create(CAIRO_FORMAT_ARGB32, visible_.width * scale, visible_.height * scale));
  cairo_surface_set_device_scale(canvas.get(), scale, scale);
  return canvas;
}

// Both sides are kept as they are seen, so that dragging the line only copies pixels.
Handle<cairo_surface_t> Preview::draw_side(const Side& side) const {
  Handle<cairo_surface_t> drawn = new_canvas();
  cairo_t* cr = cairo_create(drawn.get());
  cairo_translate(cr, place_.x - visible_.x, place_.y - visible_.y);
  if (actual_size_ && side.pixels) {
    const int scale = gtk_widget_get_scale_factor(area_);
    const GeglRectangle area = {(visible_.x - place_.x) * scale, (visible_.y - place_.y) * scale,
                                visible_.width * scale, visible_.height * scale};
    const Handle<cairo_surface_t> surface = render_area(side.pixels.get(), area);
    cairo_scale(cr, zoom_, zoom_);
    cairo_set_source_surface(cr, surface.get(), area.x, area.y);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_NEAREST);
  } else {
    const int width = cairo_image_surface_get_width(side.overview.get());
    const int height = cairo_image_surface_get_height(side.overview.get());
    cairo_scale(cr, static_cast<double>(place_.width) / width, static_cast<double>(place_.height) / height);
    cairo_set_source_surface(cr, side.overview.get(), 0, 0);
    // Enlarged pixels of the picture are shown as such, those of a smaller estimate are not.
    const bool pixels = width == width_ && zoom_ >= 2;
    cairo_pattern_set_filter(cairo_get_source(cr), pixels ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
  }
  cairo_pattern_set_extend(cairo_get_source(cr), CAIRO_EXTEND_PAD);
  cairo_paint(cr);
  cairo_destroy(cr);
  return drawn;
}

Handle<cairo_surface_t> Preview::draw_after() const {
  Handle<cairo_surface_t> after = draw_side(after_);
  if (!after_.pixels) {  // estimates are opaque: the picture lends them its transparency
    cairo_t* cr = cairo_create(after.get());
    cairo_set_operator(cr, CAIRO_OPERATOR_DEST_IN);
    cairo_set_source_surface(cr, before_.drawn.get(), 0, 0);
    cairo_paint(cr);
    cairo_destroy(cr);
  }
  if (!mask_.overview) return after;

  Handle<cairo_surface_t> blended = new_canvas();
  cairo_t* cr = cairo_create(blended.get());
  cairo_set_source_surface(cr, before_.drawn.get(), 0, 0);
  cairo_paint(cr);
  cairo_set_operator(cr, CAIRO_OPERATOR_SOURCE);  // with a mask: from one to the other, alpha too
  cairo_set_source_surface(cr, after.get(), 0, 0);
  cairo_mask_surface(cr, mask_.drawn.get(), 0, 0);
  cairo_destroy(cr);
  return blended;
}

gboolean Preview::on_draw(GtkWidget* area, cairo_t* cr, gpointer self) {
  Preview& p = *static_cast<Preview*>(self);
  if (!p.before_.overview) return FALSE;
  for (Side* side : {&p.before_, &p.mask_})
    if (side->overview && !side->drawn) side->drawn = p.draw_side(*side);
  if (p.after_.overview && !p.after_.drawn) p.after_.drawn = p.draw_after();

  const GdkRectangle& v = p.visible_;
  cairo_save(cr);
  gdk_cairo_rectangle(cr, &v);
  cairo_clip(cr);
  cairo_translate(cr, v.x, v.y);
  paint_checkerboard(cr);
  cairo_set_source_surface(cr, p.before_.drawn.get(), 0, 0);
  cairo_paint(cr);
  if (p.after_.drawn) {
    const double x = std::round(p.split_ * v.width);
    cairo_rectangle(cr, x, 0, v.width - x, v.height);
    cairo_clip(cr);
    paint_checkerboard(cr);
    cairo_set_source_surface(cr, p.after_.drawn.get(), 0, 0);
    cairo_paint(cr);
  }
  cairo_restore(cr);
  if (p.after_.drawn) draw_split(area, cr, v, std::round(p.split_x()));
  if (gtk_widget_has_visible_focus(area))
    gtk_render_focus(gtk_widget_get_style_context(area), cr, v.x, v.y, v.width, v.height);
  return FALSE;
}

gboolean Preview::on_button(GtkWidget* area, GdkEventButton* event, gpointer self) {
  Preview& p = *static_cast<Preview*>(self);
  if (event->button != GDK_BUTTON_PRIMARY) return FALSE;
  p.drag_ = Drag::kNone;
  if (event->type == GDK_BUTTON_PRESS) {
    gtk_widget_grab_focus(area);
    if (p.after_.overview && (!p.actual_size_ || p.near_split(event->x))) {
      p.drag_ = Drag::kSplit;
      p.move_split((event->x - p.visible_.x) / p.visible_.width);
    } else if (p.actual_size_) {
      p.drag_ = Drag::kPan;
    }
    p.drag_x_ = event->x;
    p.drag_y_ = event->y;
  }
  p.update_cursor(event->x);
  return TRUE;
}

gboolean Preview::on_motion(GtkWidget*, GdkEventMotion* event, gpointer self) {
  Preview& p = *static_cast<Preview*>(self);
  if (p.drag_ == Drag::kSplit) {
    p.move_split((event->x - p.visible_.x) / p.visible_.width);
  } else if (p.drag_ == Drag::kPan) {
    p.pan(p.drag_x_ - event->x, p.drag_y_ - event->y);
    p.drag_x_ = event->x;
    p.drag_y_ = event->y;
  }
  p.update_cursor(event->x);
  return TRUE;
}

gboolean Preview::on_scroll(GtkWidget*, GdkEventScroll* event, gpointer self) {
  Preview& p = *static_cast<Preview*>(self);
  double dx = 0, dy = 0;
  if (!gdk_event_get_scroll_deltas(reinterpret_cast<GdkEvent*>(event), &dx, &dy)) {
    dx = (event->direction == GDK_SCROLL_RIGHT) - (event->direction == GDK_SCROLL_LEFT);
    dy = (event->direction == GDK_SCROLL_DOWN) - (event->direction == GDK_SCROLL_UP);
  }
  if (event->state & GDK_SHIFT_MASK) std::swap(dx, dy);
  p.pan(dx * kScroll, dy * kScroll);
  return p.actual_size_;
}

gboolean Preview::on_key(GtkWidget*, GdkEventKey* event, gpointer self) {
  Preview& p = *static_cast<Preview*>(self);
  const bool right = event->keyval == GDK_KEY_Right, left = event->keyval == GDK_KEY_Left;
  const bool down = event->keyval == GDK_KEY_Down, up = event->keyval == GDK_KEY_Up;
  if (event->state & GDK_CONTROL_MASK) {
    if (!p.actual_size_ || !(right || left || down || up)) return FALSE;
    p.pan((right - left) * kScroll, (down - up) * kScroll);
    return TRUE;
  }
  const double step = event->state & GDK_SHIFT_MASK ? kKeyStride : kKeyStep;
  if (right || left)
    p.move_split(p.split_ + (right - left) * step);
  else if (event->keyval == GDK_KEY_Home)
    p.move_split(0);
  else if (event->keyval == GDK_KEY_End)
    p.move_split(1);
  else
    return FALSE;
  return TRUE;
}

void Preview::on_resize(GtkWidget*, GdkRectangle*, gpointer self) { static_cast<Preview*>(self)->place(); }

}  // namespace pentimento
