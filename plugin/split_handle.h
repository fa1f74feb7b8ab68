// SPDX-License-Identifier: GPL-3.0-or-later
// The line between before and after, with its grip and the names of both sides.
#pragma once

#include <gtk/gtk.h>

namespace pentimento {

/// `picture` is what is visible of it, in the widget's coordinates; the line stands at `x`, and at its right `after`.
void draw_split(GtkWidget* widget, cairo_t* cr, const GdkRectangle& picture, double x, const char* before,
                const char* after);

}  // namespace pentimento
