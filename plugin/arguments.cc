// SPDX-License-Identifier: GPL-3.0-or-later
#include "arguments.h"

#include <gegl-paramspecs.h>
#include <glib/gi18n-lib.h>

#include <algorithm>
#include <string_view>

#include "handles.h"

namespace pentimento {
namespace {

bool is_for_users(const Filter& filter, const GParamSpec* spec) {
  const std::string_view name = spec->name;
  if (name == "output") return filter.destination != Destination::kAbove;
  return name != "error" && name != "notice" && name != "report" && name != "frames" && name != "sidecar";
}

GimpChoice* choice_of(const GEnumClass* values) {
  GimpChoice* choice = gimp_choice_new();
  for (guint i = 0; i < values->n_values; ++i) {
    const GEnumValue& value = values->values[i];
    gimp_choice_add(choice, value.value_nick, value.value, value.value_name, nullptr);
  }
  return choice;
}

void add_argument(GimpProcedure* procedure, GParamSpec* spec) {
  const char* name = g_param_spec_get_name(spec);
  const char* nick = g_param_spec_get_nick(spec);
  const char* blurb = g_param_spec_get_blurb(spec);

  if (G_IS_PARAM_SPEC_ENUM(spec)) {
    const GParamSpecEnum* e = G_PARAM_SPEC_ENUM(spec);
    const GEnumValue* initial = g_enum_get_value(e->enum_class, e->default_value);
    gimp_procedure_add_choice_argument(procedure, name, nick, blurb, choice_of(e->enum_class), initial->value_nick,
                                       G_PARAM_READWRITE);
  } else if (G_IS_PARAM_SPEC_BOOLEAN(spec)) {
    gimp_procedure_add_boolean_argument(procedure, name, nick, blurb, G_PARAM_SPEC_BOOLEAN(spec)->default_value,
                                        G_PARAM_READWRITE);
  } else if (G_IS_PARAM_SPEC_INT(spec)) {
    const GParamSpecInt* i = G_PARAM_SPEC_INT(spec);
    gimp_procedure_add_int_argument(procedure, name, nick, blurb, i->minimum, i->maximum, i->default_value,
                                    G_PARAM_READWRITE);
  } else if (G_IS_PARAM_SPEC_UINT(spec)) {
    const GParamSpecUInt* u = G_PARAM_SPEC_UINT(spec);
    gimp_procedure_add_uint_argument(procedure, name, nick, blurb, u->minimum, u->maximum, u->default_value,
                                     G_PARAM_READWRITE);
  } else if (G_IS_PARAM_SPEC_DOUBLE(spec)) {
    const GParamSpecDouble* d = G_PARAM_SPEC_DOUBLE(spec);
    gimp_procedure_add_double_argument(procedure, name, nick, blurb, d->minimum, d->maximum, d->default_value,
                                       G_PARAM_READWRITE);
  } else if (GEGL_IS_PARAM_SPEC_FILE_PATH(spec)) {
    gimp_procedure_add_file_argument(procedure, name, nick, blurb, GIMP_FILE_CHOOSER_ACTION_OPEN, TRUE, nullptr,
                                     G_PARAM_READWRITE);
  } else if (G_IS_PARAM_SPEC_STRING(spec)) {
    gimp_procedure_add_string_argument(procedure, name, nick, blurb, G_PARAM_SPEC_STRING(spec)->default_value,
                                       G_PARAM_READWRITE);
  } else if (G_PARAM_SPEC_VALUE_TYPE(spec) == GEGL_TYPE_COLOR) {
    gimp_procedure_add_color_argument(procedure, name, nick, blurb, FALSE, gegl_param_spec_color_get_default(spec),
                                      G_PARAM_READWRITE);
  } else {
    g_warning("pentimento: property \"%s\" has a type that no argument can carry", name);
  }
}

void add_decomposition_arguments(GimpProcedure* procedure, const Decomposition& decomposition) {
  gimp_procedure_add_boolean_argument(procedure, kLayers, _("As layers"),
                                      _("Make a group of layers of all parts, above this layer, which is hidden: "
                                        "together they look like the picture"),
                                      decomposition.as_layers, G_PARAM_READWRITE);
  if (decomposition.frames_nick)
    gimp_procedure_add_boolean_argument(procedure, kAllLayers, _(decomposition.frames_nick),
                                        _(decomposition.frames_blurb), FALSE, G_PARAM_READWRITE);
}

Text chosen_output(GimpProcedureConfig* config) {
  char* output = nullptr;
  g_object_get(config, "output", &output, nullptr);
  return Text(output);
}

}  // namespace

std::vector<GParamSpec*> user_properties(const Filter& filter) {
  std::vector<GParamSpec*> properties;
  if (!gegl_has_operation(filter.operation)) return properties;
  guint count = 0;
  GParamSpec** specs = gegl_operation_list_properties(filter.operation, &count);
  for (guint i = 0; i < count; ++i)
    if (is_for_users(filter, specs[i])) properties.push_back(specs[i]);
  g_free(specs);
  return properties;
}

bool is_fitted(const Filter& filter) {
  return std::ranges::any_of(user_properties(filter), [](GParamSpec* s) { return !g_strcmp0(s->name, "iterations"); });
}

bool is_on(GimpProcedureConfig* config, const char* argument) {
  gboolean on = FALSE;
  if (g_object_class_find_property(G_OBJECT_GET_CLASS(config), argument)) g_object_get(config, argument, &on, nullptr);
  return on;
}

void add_arguments(GimpProcedure* procedure, const Filter& filter) {
  if (filter.aux == Aux::kLayer)
    gimp_procedure_add_layer_argument(procedure, filter.layer.name, _(filter.layer.nick), _(filter.layer.blurb), TRUE,
                                      G_PARAM_READWRITE);
  if (filter.decomposition) add_decomposition_arguments(procedure, *filter.decomposition);
  if (filter.stays)
    gimp_procedure_add_boolean_argument(procedure, kAsFilter, _("Keep as a filter of the layer"),
                                        _("Leave the layer's pixels as they are and add a filter to it, which can be "
                                          "changed or removed later"),
                                        FALSE, G_PARAM_READWRITE);
  if (filter.made_by)
    gimp_procedure_add_boolean_argument(procedure, kShowInvented, _("Show what was invented"),
                                        _("Add a layer that marks what the result holds and the picture did not"),
                                        FALSE, G_PARAM_READWRITE);
  for (GParamSpec* spec : user_properties(filter)) add_argument(procedure, spec);
}

void complete_arguments(GimpProcedureConfig* config, const Filter& filter) {
  for (GParamSpec* spec : user_properties(filter)) {
    if (G_PARAM_SPEC_VALUE_TYPE(spec) != GEGL_TYPE_COLOR) continue;
    GeglColor* color = nullptr;
    g_object_get(config, spec->name, &color, nullptr);
    const Handle<GeglColor> owner(color);
    double red, green, blue, alpha = 0;
    if (color) gegl_color_get_rgba(color, &red, &green, &blue, &alpha);
    if (alpha == 0) g_object_set(config, spec->name, gegl_param_spec_color_get_default(spec), nullptr);
  }
}

Text chosen_path(GimpProcedureConfig* config, const char* argument) {
  GFile* file = nullptr;
  g_object_get(config, argument, &file, nullptr);
  const Handle<GFile> owner(file);
  return Text(file ? g_file_get_path(file) : g_strdup(""));
}

void apply_arguments(GimpProcedureConfig* config, const Filter& filter, GeglNode* node) {
  for (GParamSpec* spec : user_properties(filter)) apply_argument(config, spec->name, node);
}

void apply_argument(GimpProcedureConfig* config, const char* name, GeglNode* node) {
  GParamSpec* spec = gegl_node_find_property(node, name);
  GValue value = G_VALUE_INIT;
  g_value_init(&value, G_PARAM_SPEC_VALUE_TYPE(spec));
  if (G_IS_PARAM_SPEC_ENUM(spec))
    g_value_set_enum(&value, gimp_procedure_config_get_choice_id(config, name));
  else if (GEGL_IS_PARAM_SPEC_FILE_PATH(spec))
    g_value_set_string(&value, chosen_path(config, name).get());
  else
    g_object_get_property(G_OBJECT(config), name, &value);
  gegl_node_set_property(node, name, &value);
  g_value_unset(&value);
}

Destination destination(const Filter& filter, GimpProcedureConfig* config) {
  const bool mask = filter.mask_output && g_strcmp0(chosen_output(config).get(), filter.mask_output) == 0;
  if (is_on(config, kAllLayers)) return mask ? Destination::kFrameMasks : Destination::kFrames;
  if (is_on(config, kLayers)) return Destination::kGroup;
  if (is_on(config, kAsFilter)) return Destination::kFilter;
  return mask ? Destination::kSelection : filter.destination;
}

std::size_t chosen_part(const Filter& filter, GimpProcedureConfig* config) {
  if (!filter.decomposition) return 0;
  const Text output = chosen_output(config);
  const auto& parts = filter.decomposition->parts;
  return std::ranges::find_if(parts, [&](const Part& part) { return !g_strcmp0(part.output, output.get()); }) -
         parts.begin();
}

}  // namespace pentimento
