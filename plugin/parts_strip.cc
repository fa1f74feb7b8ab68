// SPDX-License-Identifier: GPL-3.0-or-later
#include "parts_strip.h"

#include <glib/gi18n-lib.h>

#include <algorithm>

namespace pentimento {
namespace {

constexpr int kHeight = 76, kMinWidth = 60, kMaxWidth = 150;  // of a small picture
constexpr double kEmptyOpacity = 0.08;

GtkWidget* new_area(int picture_width, int picture_height) {
  GtkWidget* area = gtk_drawing_area_new();
  const double width = static_cast<double>(kHeight) * picture_width / picture_height;
  gtk_widget_set_size_request(area, static_cast<int>(std::clamp<double>(width, kMinWidth, kMaxWidth)), kHeight);
  return area;
}

/// GIMP's themes give a box the color of the window, inside a pressed button too.
GtkWidget* new_clear_box() {
  GtkWidget* box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 3);
  const Handle<GtkCssProvider> css(gtk_css_provider_new());
  gtk_css_provider_load_from_data(css.get(), "box { background: none; }", -1, nullptr);
  gtk_style_context_add_provider(gtk_widget_get_style_context(box), GTK_STYLE_PROVIDER(css.get()),
                                 GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  return box;
}

}  // namespace

PartsStrip::PartsStrip(const Decomposition& decomposition, int picture_width, int picture_height,
                       std::function<void()> on_choice)
    : row_(gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6)), on_choice_(std::move(on_choice)) {
  gtk_box_set_homogeneous(GTK_BOX(row_), TRUE);
  gtk_widget_set_halign(row_, GTK_ALIGN_CENTER);
  GtkRadioButton* group = nullptr;
  for (std::size_t i = 0; i < pictures_.size(); ++i) {
    const char* name = _(decomposition.parts[i].name);
    Picture& picture = pictures_[i];
    picture.button = gtk_radio_button_new_from_widget(group);
    group = GTK_RADIO_BUTTON(picture.button);
    gtk_toggle_button_set_mode(GTK_TOGGLE_BUTTON(picture.button), FALSE);
    gtk_widget_set_tooltip_text(picture.button, _("Show this part in the preview"));
    atk_object_set_name(gtk_widget_get_accessible(picture.button), name);

    GtkWidget* both = new_clear_box();
    picture.area = new_area(picture_width, picture_height);
    gtk_box_pack_start(GTK_BOX(both), picture.area, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(both), gtk_label_new(name), FALSE, FALSE, 0);
    gtk_container_add(GTK_CONTAINER(picture.button), both);
    gtk_box_pack_start(GTK_BOX(row_), picture.button, TRUE, TRUE, 0);
    g_signal_connect(picture.area, "draw", G_CALLBACK(on_draw), &picture);
    g_signal_connect(picture.button, "toggled", G_CALLBACK(on_toggled), this);
  }
  show({});
}

void PartsStrip::show(std::span<const Side> parts) {
  for (std::size_t i = 0; i < pictures_.size(); ++i) {
    pictures_[i].overview = i < parts.size() ? share(parts[i].overview) : nullptr;
    gtk_widget_queue_draw(pictures_[i].area);
  }
  gtk_widget_set_sensitive(row_, !parts.empty());
}

void PartsStrip::choose(std::size_t part) {
  gtk_toggle_button_set_active(GTK_TOGGLE_BUTTON(pictures_[part].button), TRUE);
}

std::size_t PartsStrip::chosen() const {
  const auto is_active = [](const Picture& p) { return gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(p.button)); };
  return std::ranges::find_if(pictures_, is_active) - pictures_.begin();
}

gboolean PartsStrip::on_draw(GtkWidget* area, cairo_t* cr, gpointer data) {
  const Picture& picture = *static_cast<const Picture*>(data);
  const int width = gtk_widget_get_allocated_width(area), height = gtk_widget_get_allocated_height(area);
  if (!picture.overview) {
    GdkRGBA color;
    gtk_style_context_get_color(gtk_widget_get_style_context(area), gtk_widget_get_state_flags(area), &color);
    color.alpha *= kEmptyOpacity;
    gdk_cairo_set_source_rgba(cr, &color);
    cairo_paint(cr);
    return FALSE;
  }
  const int picture_width = cairo_image_surface_get_width(picture.overview.get());
  const int picture_height = cairo_image_surface_get_height(picture.overview.get());
  const double zoom =
      std::min(static_cast<double>(width) / picture_width, static_cast<double>(height) / picture_height);
  cairo_translate(cr, (width - zoom * picture_width) / 2, (height - zoom * picture_height) / 2);
  cairo_scale(cr, zoom, zoom);
  cairo_set_source_surface(cr, picture.overview.get(), 0, 0);
  cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_GOOD);
  cairo_pattern_set_extend(cairo_get_source(cr), CAIRO_EXTEND_PAD);
  cairo_rectangle(cr, 0, 0, picture_width, picture_height);
  cairo_fill(cr);
  return FALSE;
}

void PartsStrip::on_toggled(GtkToggleButton* button, gpointer self) {
  if (gtk_toggle_button_get_active(button)) static_cast<PartsStrip*>(self)->on_choice_();
}

}  // namespace pentimento
