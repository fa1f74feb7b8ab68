// SPDX-License-Identifier: GPL-3.0-or-later
#include "message_bar.h"

#include <libgimp/gimpui.h>

#include "text_row.h"

namespace pentimento {

MessageBar::MessageBar() : bar_(gtk_info_bar_new()) {
  gtk_info_bar_set_message_type(GTK_INFO_BAR(bar_), GTK_MESSAGE_ERROR);
  const TextRow text = new_text_row(GIMP_ICON_DIALOG_ERROR, GTK_ICON_SIZE_LARGE_TOOLBAR, nullptr);
  label_ = text.label;
  gtk_container_add(GTK_CONTAINER(gtk_info_bar_get_content_area(GTK_INFO_BAR(bar_))), text.row);
}

void MessageBar::complain(const std::string& sentence) {
  gtk_label_set_text(GTK_LABEL(label_), sentence.c_str());
  gtk_widget_show(bar_);
}

}  // namespace pentimento
