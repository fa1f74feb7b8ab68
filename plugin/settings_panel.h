// SPDX-License-Identifier: GPL-3.0-or-later
// One row per argument of a filter, bound to its procedure's config.
#pragma once

#include <libgimp/gimpui.h>

#include "filters.h"
#include "target.h"

namespace pentimento {

/// `target` is what the filter works on; it and `config` outlive the panel.
GtkWidget* new_settings_panel(GimpProcedureDialog* dialog, GimpProcedureConfig* config, const Filter& filter,
                              const Target& target);

}  // namespace pentimento
