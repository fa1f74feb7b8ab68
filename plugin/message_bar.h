// SPDX-License-Identifier: GPL-3.0-or-later
// Sentences above a dialog's contents that say why there is no result.
#pragma once

#include <gtk/gtk.h>

#include <string>

namespace pentimento {

class MessageBar {
 public:
  MessageBar();
  GtkWidget* widget() const { return bar_; }
  void complain(const std::string& sentence);
  void hide() { gtk_widget_hide(bar_); }

 private:
  GtkWidget* bar_;
  GtkWidget* label_;
};

}  // namespace pentimento
