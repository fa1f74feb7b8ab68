// SPDX-License-Identifier: GPL-3.0-or-later
// A row to choose one layer of the open images, bound to a procedure's config.
#pragma once

#include <libgimp/gimpui.h>

namespace pentimento {

/// Chooses the value of `argument`; layers in which there is nothing to see and `target` itself are not offered. Where
/// the config names none of those, it is set to none where it is `optional`, else to the first one, if possible of the
/// target's image.
GtkWidget* new_layer_chooser(GimpProcedureConfig* config, const char* argument, bool optional, GimpDrawable* target);

}  // namespace pentimento
