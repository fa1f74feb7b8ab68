// SPDX-License-Identifier: GPL-3.0-or-later
#include "preview.h"

#include <glib/gi18n-lib.h>

#include <algorithm>
#include <cmath>

#include "split_handle.h"

namespace pentimento {
namespace {

constexpr int kMinWidth = 320, kMinHeight = 240;
constexpr double kGrip = 12;    // how near to the line a press takes hold of it, in pixels
constexpr double kScroll = 48;  // pixels for one notch of the wheel
constexpr double kRedOpacity = 0.5;
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

Preview::Preview(int picture_width, int picture_height, bool fills_transparency)
    : area_(gtk_drawing_area_new()),
      view_(picture_width, picture_height),
      fills_transparency_(fills_transparency),
      before_name_(_("Before")),
      after_name_(_("After")) {
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

void Preview::set_picture_size(int width, int height) {
  view_.set_picture(width, height);
  outdate();
}

void Preview::set_before(Side before) {
  before_ = std::move(before);
  outdate();
}

void Preview::set_mask(Side mask) {
  mask_ = std::move(mask);
  outdate();
}

void Preview::set_hole(Side hole) {
  hole_ = std::move(hole);
  outdate();
}

void Preview::set_after(Side after) {
  after_ = std::move(after);
  after_is_mask_ = false;
  gtk_widget_queue_draw(area_);
}

void Preview::set_overlay(Side overlay) {
  overlay_ = std::move(overlay);
  after_.drawn.reset();
  gtk_widget_queue_draw(area_);
}

void Preview::set_names(const char* before, const char* after) {
  before_name_ = before;
  after_name_ = after;
  gtk_widget_queue_draw(area_);
}

void Preview::set_found(Side mask) {
  set_after(std::move(mask));
  after_is_mask_ = true;
}

void Preview::clear_after() { set_after({}); }

void Preview::set_actual_size(bool actual_size) {
  view_.set_actual_size(actual_size);
  outdate();
}

void Preview::outdate() {
  for (Side* side : {&before_, &after_, &mask_, &hole_}) side->drawn.reset();
  gtk_widget_queue_draw(area_);
}

void Preview::pan(double dx, double dy) {
  view_.pan(dx, dy);
  outdate();
}

void Preview::move_split(double fraction) {
  split_ = std::clamp(fraction, 0.0, 1.0);
  gtk_widget_queue_draw(area_);
}

double Preview::split_x() const { return view_.visible().x + split_ * view_.visible().width; }

bool Preview::near_split(double x) const { return after_.overview && std::abs(x - split_x()) <= kGrip; }

void Preview::update_cursor(double x) {
  const char* name = drag_ == Drag::kPan                      ? "grabbing"
                     : drag_ == Drag::kSplit || near_split(x) ? "col-resize"
                     : view_.movable()                        ? "grab"
                                                              : nullptr;
  const Handle<GdkCursor> cursor(name ? gdk_cursor_new_from_name(gtk_widget_get_display(area_), name) : nullptr);
  gdk_window_set_cursor(gtk_widget_get_window(area_), cursor.get());
}

Handle<cairo_surface_t> Preview::draw_red(const Side& mask) const {
  const Handle<cairo_surface_t> shape = draw_side(mask, view_);
  Handle<cairo_surface_t> red = new_canvas(view_);
  cairo_t* cr = cairo_create(red.get());
  cairo_set_source_surface(cr, before_.drawn.get(), 0, 0);
  cairo_paint(cr);
  cairo_set_source_rgba(cr, 1, 0, 0, kRedOpacity);
  cairo_mask_surface(cr, shape.get(), 0, 0);
  cairo_destroy(cr);
  return red;
}

Handle<cairo_surface_t> Preview::draw_through_mask(const Handle<cairo_surface_t>& after) const {
  Handle<cairo_surface_t> blended = new_canvas(view_);
  cairo_t* cr = cairo_create(blended.get());
  cairo_set_source_surface(cr, before_.drawn.get(), 0, 0);
  cairo_paint(cr);
  cairo_set_operator(cr, CAIRO_OPERATOR_SOURCE);  // with a mask: from one to the other, alpha too
  cairo_set_source_surface(cr, after.get(), 0, 0);
  cairo_mask_surface(cr, mask_.drawn.get(), 0, 0);
  cairo_destroy(cr);
  return blended;
}

Handle<cairo_surface_t> Preview::draw_after() const {
  if (after_is_mask_) return draw_red(after_);
  Handle<cairo_surface_t> after = draw_side(after_, view_);
  if (!after_.pixels && !fills_transparency_) {
    cairo_t* cr = cairo_create(after.get());
    cairo_set_operator(cr, CAIRO_OPERATOR_DEST_IN);
    cairo_set_source_surface(cr, before_.drawn.get(), 0, 0);
    cairo_paint(cr);
    cairo_destroy(cr);
  }
  if (overlay_.overview) {
    cairo_t* cr = cairo_create(after.get());
    cairo_set_source_surface(cr, draw_side(overlay_, view_).get(), 0, 0);
    cairo_paint(cr);
    cairo_destroy(cr);
  }
  return mask_.overview ? draw_through_mask(after) : std::move(after);
}

// Each is kept as it is seen, so that dragging the line only copies pixels.
void Preview::draw_sides() {
  for (Side* side : {&before_, &mask_})
    if (side->overview && !side->drawn) side->drawn = draw_side(*side, view_);
  if (hole_.overview && !hole_.drawn) hole_.drawn = draw_red(hole_);
  if (after_.overview && !after_.drawn) after_.drawn = draw_after();
}

gboolean Preview::on_draw(GtkWidget* area, cairo_t* cr, gpointer self) {
  Preview& p = *static_cast<Preview*>(self);
  if (!p.before_.overview) return FALSE;
  p.draw_sides();
  const bool hole = p.hole_.overview && !p.after_.overview;

  const GdkRectangle& v = p.view_.visible();
  cairo_save(cr);
  gdk_cairo_rectangle(cr, &v);
  cairo_clip(cr);
  cairo_translate(cr, v.x, v.y);
  paint_checkerboard(cr);
  cairo_set_source_surface(cr, (hole ? p.hole_ : p.before_).drawn.get(), 0, 0);
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
  if (p.after_.drawn) draw_split(area, cr, v, std::round(p.split_x()), p.before_name_, p.after_name_);
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
    if (p.after_.overview && (!p.view_.actual_size() || p.near_split(event->x))) {
      p.drag_ = Drag::kSplit;
      p.move_split((event->x - p.view_.visible().x) / p.view_.visible().width);
    } else if (p.view_.actual_size()) {
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
    p.move_split((event->x - p.view_.visible().x) / p.view_.visible().width);
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
  return p.view_.actual_size();
}

gboolean Preview::on_key(GtkWidget*, GdkEventKey* event, gpointer self) {
  Preview& p = *static_cast<Preview*>(self);
  const bool right = event->keyval == GDK_KEY_Right, left = event->keyval == GDK_KEY_Left;
  const bool down = event->keyval == GDK_KEY_Down, up = event->keyval == GDK_KEY_Up;
  if (event->state & GDK_CONTROL_MASK) {
    if (!p.view_.actual_size() || !(right || left || down || up)) return FALSE;
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

void Preview::on_resize(GtkWidget* area, GdkRectangle* place, gpointer self) {
  Preview& p = *static_cast<Preview*>(self);
  p.view_.set_widget(place->width, place->height, gtk_widget_get_scale_factor(area));
  p.outdate();
}

}  // namespace pentimento
