// SPDX-License-Identifier: GPL-3.0-or-later
#include "layer_chooser.h"

#include <glib/gi18n-lib.h>

#include <string>

#include "handles.h"

namespace pentimento {
namespace {

constexpr int kNone = 0;  // no layer has this id

bool is_offered(GimpItem* item, gpointer target) { return item != target && !gimp_item_is_group(item); }

gboolean offer(GimpImage*, GimpItem* item, gpointer target) { return is_offered(item, target); }

const char* argument_of(gpointer row) { return static_cast<const char*>(g_object_get_data(G_OBJECT(row), "argument")); }

void take_shown(GtkWidget* row, GParamSpec*, gpointer config) {
  int id = kNone;
  g_object_get(row, "value", &id, nullptr);
  g_object_set(config, argument_of(row), id == kNone ? nullptr : gimp_layer_get_by_id(id), nullptr);
}

void show_chosen(GObject* config, GParamSpec*, gpointer row) {
  GimpLayer* layer = nullptr;
  g_object_get(config, argument_of(row), &layer, nullptr);
  const Handle<GimpLayer> owner(layer);
  int shown = kNone;
  g_object_get(row, "value", &shown, nullptr);
  const int id = layer ? gimp_item_get_id(GIMP_ITEM(layer)) : kNone;
  if (!layer && !g_object_get_data(G_OBJECT(row), "optional"))  // after a reset what is shown counts
    take_shown(GTK_WIDGET(row), nullptr, config);
  else if (id != shown)
    g_object_set(row, "value", id, nullptr);
}

/// The id of the first layer of the target's image that can be chosen, or kNone.
int first_of_image(GimpDrawable* target) {
  GimpLayer** layers = gimp_image_get_layers(gimp_item_get_image(GIMP_ITEM(target)));
  const std::unique_ptr<GimpLayer*, Free> owner(layers);
  for (; *layers; ++layers)
    if (is_offered(GIMP_ITEM(*layers), target)) return gimp_item_get_id(GIMP_ITEM(*layers));
  return kNone;
}

bool names_an_offered_layer(GimpProcedureConfig* config, const char* argument, GimpDrawable* target) {
  GimpLayer* layer = nullptr;
  g_object_get(config, argument, &layer, nullptr);
  const Handle<GimpLayer> owner(layer);
  return layer && gimp_item_is_valid(GIMP_ITEM(layer)) && is_offered(GIMP_ITEM(layer), target);
}

}  // namespace

GtkWidget* new_layer_chooser(GimpProcedureConfig* config, const char* argument, bool optional, GimpDrawable* target) {
  GParamSpec* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(config), argument);
  GtkWidget* combo = gimp_layer_combo_box_new(offer, target, nullptr);
  gtk_widget_set_hexpand(combo, TRUE);
  if (optional)
    gimp_int_combo_box_prepend(GIMP_INT_COMBO_BOX(combo), GIMP_INT_STORE_VALUE, kNone, GIMP_INT_STORE_LABEL, _("None"),
                               -1);
  GtkWidget* row = gimp_label_int_widget_new(g_param_spec_get_nick(spec), combo);
  gimp_help_set_help_data(row, g_param_spec_get_blurb(spec), nullptr);
  g_object_set_data_full(G_OBJECT(row), "argument", g_strdup(argument), g_free);
  g_object_set_data(G_OBJECT(row), "optional", GINT_TO_POINTER(optional));

  if (names_an_offered_layer(config, argument, target))
    show_chosen(G_OBJECT(config), nullptr, row);
  else if (const int id = optional ? kNone : first_of_image(target); optional || id != kNone)
    g_object_set(row, "value", id, nullptr);
  take_shown(row, nullptr, config);
  g_signal_connect(row, "notify::value", G_CALLBACK(take_shown), config);
  g_signal_connect_object(config, (std::string("notify::") + argument).c_str(), G_CALLBACK(show_chosen), row,
                          G_CONNECT_DEFAULT);
  return row;
}

}  // namespace pentimento
