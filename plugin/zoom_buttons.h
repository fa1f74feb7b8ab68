// SPDX-License-Identifier: GPL-3.0-or-later
// The buttons below a preview: the whole picture, or pixel for pixel.
#pragma once

#include <gtk/gtk.h>

#include "preview.h"

namespace pentimento {

/// `preview` outlives it.
GtkWidget* new_zoom_buttons(Preview& preview);

}  // namespace pentimento
