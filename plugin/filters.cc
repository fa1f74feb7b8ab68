// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters.h"

#include <glib/gi18n-lib.h>
#include <libgimp/gimpui.h>

#include <cstring>

namespace pentimento {
namespace {

const Filter kFilters[] = {
    {.operation = "pentimento:denoise",
     .procedure = "plug-in-pentimento-denoise",
     .menu_label = N_("_Denoise (Deep Image Prior)..."),
     .submenu = N_("Restore"),
     .icon = GIMP_ICON_GEGL,
     .image_types = "RGB*, GRAY*"},
    {.operation = "pentimento:enhance-detail",
     .procedure = "plug-in-pentimento-enhance-detail",
     .menu_label = N_("_Enhance Detail (Deep Image Prior)..."),
     .submenu = N_("Restore"),
     .icon = GIMP_ICON_GEGL,
     .image_types = "RGB*, GRAY*"},
    {.operation = "pentimento:flash-no-flash",
     .procedure = "plug-in-pentimento-flash-no-flash",
     .menu_label = N_("_Flash and No-flash (Deep Image Prior)..."),
     .submenu = N_("Restore"),
     .icon = GIMP_ICON_GEGL,
     .image_types = "RGB*, GRAY*",
     .aux = Aux::kLayer,
     .layer = {.name = "flash",
               .nick = N_("Flash layer"),
               .blurb = N_("The layer with the same scene taken with flash"),
               .missing = N_("Choose the layer that holds the same scene taken with flash.")}},
    {.operation = "pentimento:inpaint",
     .procedure = "plug-in-pentimento-inpaint",
     .menu_label = N_("_Inpaint (Deep Image Prior)..."),
     .submenu = N_("Restore"),
     .icon = GIMP_ICON_GEGL,
     .image_types = "RGB*, GRAY*",
     .aux = Aux::kSelection,
     .destination = Destination::kLayer,
     .finds_mask = "find-damage",
     .mask_output = "mask"},
    {.operation = "pentimento:remove-jpeg-artifacts",
     .procedure = "plug-in-pentimento-remove-jpeg-artifacts",
     .menu_label = N_("_Remove JPEG Artifacts (Deep Image Prior)..."),
     .submenu = N_("Restore"),
     .icon = GIMP_ICON_GEGL,
     .image_types = "RGB*, GRAY*"},
    {.operation = "pentimento:super-resolution",
     .procedure = "plug-in-pentimento-super-resolution",
     .menu_label = N_("_Super-resolution (Deep Image Prior)..."),
     .submenu = N_("Restore"),
     .icon = GIMP_ICON_GEGL,
     .image_types = "RGB*, GRAY*",
     .destination = Destination::kImage},
};

}  // namespace

std::span<const Filter> filters() { return kFilters; }

const Filter* find_filter(const char* procedure) {
  for (const Filter& filter : kFilters)
    if (!std::strcmp(filter.procedure, procedure)) return &filter;
  return nullptr;
}

}  // namespace pentimento
