// SPDX-License-Identifier: GPL-3.0-or-later
// One row per property of an operation, bound to a procedure's config.
#pragma once

#include <libgimp/gimpui.h>

namespace pentimento {

GtkWidget* new_settings_panel(GimpProcedureDialog* dialog, GimpProcedureConfig* config, const char* operation);

}  // namespace pentimento
