// SPDX-License-Identifier: GPL-3.0-or-later
#include "text_row.h"

namespace pentimento {

TextRow new_text_row(const char* icon, GtkIconSize size, const char* text) {
  GtkWidget* row = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget* image = gtk_image_new_from_icon_name(icon, size);
  gtk_widget_set_valign(image, GTK_ALIGN_START);
  GtkWidget* label = gtk_label_new(text);
  gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
  gtk_label_set_max_width_chars(GTK_LABEL(label), 1);
  gtk_label_set_xalign(GTK_LABEL(label), 0);
  gtk_widget_set_hexpand(label, TRUE);
  gtk_container_add(GTK_CONTAINER(row), image);
  gtk_container_add(GTK_CONTAINER(row), label);
  gtk_widget_show_all(row);
  return {row, label};
}

}  // namespace pentimento
