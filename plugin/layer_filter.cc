// SPDX-License-Identifier: GPL-3.0-or-later
#include "layer_filter.h"

#include <gegl-paramspecs.h>
#include <glib/gi18n-lib.h>

#include "arguments.h"
#include "handles.h"

namespace pentimento {
namespace {

void copy_value(GimpProcedureConfig* from, GObject* to, const char* name) {
  GValue value = G_VALUE_INIT;
  g_object_get_property(G_OBJECT(from), name, &value);
  g_object_set_property(to, name, &value);
  g_value_unset(&value);
}

}  // namespace

std::string keeping_refusal(const Filter& filter, GimpDrawable* drawable, GimpProcedureConfig* config) {
  if (!GIMP_IS_LAYER(drawable)) return _("Only a layer can keep a filter. Select a layer, or do not keep it.");
  // GIMP 3.0 hands no path to the operation of a filter.
  for (const GParamSpec* spec : user_properties(filter))
    if (GEGL_IS_PARAM_SPEC_FILE_PATH(spec) && *chosen_path(config, spec->name).get())
      return _(
          "GIMP keeps filters with the weights that come with Pentimento alone. Choose no other file, or do not "
          "keep the filter.");
  return "";
}

std::string append_filter(const Filter& filter, GimpLayer* layer, GimpProcedureConfig* config) {
  GimpDrawable* drawable = GIMP_DRAWABLE(layer);
  GimpDrawableFilter* added =
      gimp_drawable_filter_new(drawable, filter.operation, gegl_operation_get_key(filter.operation, "title"));
  if (!added) return _("GIMP did not take the filter. Run it again without keeping it as a filter of the layer.");
  GObject* settings = G_OBJECT(gimp_drawable_filter_get_config(added));
  for (GParamSpec* spec : user_properties(filter)) {
    if (!g_object_class_find_property(G_OBJECT_GET_CLASS(settings), spec->name)) continue;
    copy_value(config, settings, spec->name);
  }
  gimp_drawable_append_filter(drawable, added);
  return "";
}

}  // namespace pentimento
