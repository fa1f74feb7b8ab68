// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters.h"

#include <glib/gi18n-lib.h>
#include <libgimp/gimpui.h>

#include <cstring>

namespace pentimento {
namespace {

const Filter kFilters[] = {
    {"pentimento:denoise", "plug-in-pentimento-denoise", N_("_Denoise (Deep Image Prior)..."), N_("Restore"),
     GIMP_ICON_GEGL, "RGB*, GRAY*"},
};

}  // namespace

std::span<const Filter> filters() { return kFilters; }

const Filter* find_filter(const char* procedure) {
  for (const Filter& filter : kFilters)
    if (!std::strcmp(filter.procedure, procedure)) return &filter;
  return nullptr;
}

}  // namespace pentimento
