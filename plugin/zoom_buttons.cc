// SPDX-License-Identifier: GPL-3.0-or-later
#include "zoom_buttons.h"

#include <glib/gi18n-lib.h>
#include <libgimp/gimpui.h>

namespace pentimento {
namespace {

void on_zoom(GtkToggleButton* actual_size, gpointer preview) {
  static_cast<Preview*>(preview)->set_actual_size(gtk_toggle_button_get_active(actual_size));
}

}  // namespace

GtkWidget* new_zoom_buttons(Preview& preview) {
  GtkWidget* box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget* fit = gtk_radio_button_new_with_mnemonic(nullptr, _("_Fit"));
  GtkWidget* actual_size = gtk_radio_button_new_with_mnemonic_from_widget(GTK_RADIO_BUTTON(fit), _("_100%"));
  gimp_help_set_help_data(fit, _("Show the whole picture"), nullptr);
  gimp_help_set_help_data(actual_size, _("Show the picture pixel for pixel; drag to move it"), nullptr);
  for (GtkWidget* button : {fit, actual_size}) {
    gtk_toggle_button_set_mode(GTK_TOGGLE_BUTTON(button), FALSE);
    gtk_box_pack_start(GTK_BOX(box), button, FALSE, FALSE, 0);
  }
  gtk_style_context_add_class(gtk_widget_get_style_context(box), GTK_STYLE_CLASS_LINKED);
  gtk_widget_set_halign(box, GTK_ALIGN_CENTER);
  g_signal_connect(actual_size, "toggled", G_CALLBACK(on_zoom), &preview);
  return box;
}

}  // namespace pentimento
