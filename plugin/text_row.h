// SPDX-License-Identifier: GPL-3.0-or-later
// A sentence for the user behind an icon, in as many lines as it needs.
#pragma once

#include <gtk/gtk.h>

namespace pentimento {

struct TextRow {
  GtkWidget *row, *label;
};

/// It never widens what it is in.
TextRow new_text_row(const char* icon, GtkIconSize size, const char* text);

}  // namespace pentimento
