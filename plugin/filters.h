// SPDX-License-Identifier: GPL-3.0-or-later
// The table of filters: each row makes one GEGL operation a filter in GIMP's menus.
#pragma once

#include <span>

namespace pentimento {

struct Filter {
  const char* operation;   // GEGL operation; its properties become the procedure's arguments
  const char* procedure;   // name in GIMP's procedure database
  const char* menu_label;  // untranslated, marked with N_()
  const char* submenu;     // below Filters; untranslated, marked with N_()
  const char* icon;
  const char* image_types;
};

std::span<const Filter> filters();

/// The row of a procedure, or null.
const Filter* find_filter(const char* procedure);

}  // namespace pentimento
