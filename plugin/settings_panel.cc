// SPDX-License-Identifier: GPL-3.0-or-later
#include "settings_panel.h"

#include <gegl-paramspecs.h>
#include <glib/gi18n-lib.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <string>
#include <utility>

#include "arguments.h"
#include "handles.h"
#include "layer_chooser.h"
#include "new_job.h"
#include "text_row.h"

namespace pentimento {
namespace {

constexpr int kMostForAScale = 100;  // larger numbers are typed

void draw_seed(GtkButton* button, gpointer config) {
  const char* name = static_cast<const char*>(g_object_get_data(G_OBJECT(button), "property"));
  g_object_set(config, name, g_random_int(), nullptr);
}

/// GIMP's dialog has no widget for unsigned numbers.
GtkWidget* new_seed_row(GimpProcedureConfig* config, const GParamSpec* spec) {
  GtkWidget* row = gimp_prop_label_spin_new(G_OBJECT(config), spec->name, 0);
  gimp_label_spin_set_increments(GIMP_LABEL_SPIN(row), 1, 10);
  gtk_widget_set_hexpand(gimp_label_spin_get_spin_button(GIMP_LABEL_SPIN(row)), TRUE);
  gimp_help_set_help_data(row, g_param_spec_get_blurb(const_cast<GParamSpec*>(spec)), nullptr);
  GtkWidget* button = gtk_button_new_from_icon_name("view-refresh", GTK_ICON_SIZE_BUTTON);
  gimp_help_set_help_data(button, _("New random seed"), nullptr);
  atk_object_set_name(gtk_widget_get_accessible(button), _("New random seed"));
  g_object_set_data_full(G_OBJECT(button), "property", g_strdup(spec->name), g_free);
  g_signal_connect(button, "clicked", G_CALLBACK(draw_seed), config);
  gtk_grid_attach(GTK_GRID(row), button, 2, 0, 1, 1);
  return row;
}

/// As in GIMP's own dialogs for GEGL's operations.
template <class Spec>
GtkWidget* new_scale(GimpProcedureDialog* dialog, const Spec* spec, int digits) {
  GtkWidget* scale = gimp_procedure_dialog_get_spin_scale(dialog, G_PARAM_SPEC(spec)->name, 1);
  gtk_spin_button_set_digits(GTK_SPIN_BUTTON(scale), digits);
  gimp_spin_scale_set_scale_limits(GIMP_SPIN_SCALE(scale), spec->ui_minimum, spec->ui_maximum);
  return scale;
}

GtkWidget* new_color_row(GimpProcedureDialog* dialog, const GParamSpec* spec) {
  GtkWidget* row = gimp_procedure_dialog_get_color_widget(dialog, spec->name, TRUE, GIMP_COLOR_AREA_FLAT);
  GtkWidget* button = gimp_label_color_get_color_widget(GIMP_LABEL_COLOR(row));
  gtk_widget_set_hexpand(button, TRUE);
  gtk_widget_set_halign(button, GTK_ALIGN_FILL);
  return row;
}

GtkWidget* new_row(GimpProcedureDialog* dialog, GimpProcedureConfig* config, const GParamSpec* spec) {
  if (G_IS_PARAM_SPEC_UINT(spec)) return new_seed_row(config, spec);
  if (GEGL_IS_PARAM_SPEC_DOUBLE(spec)) return new_scale(dialog, GEGL_PARAM_SPEC_DOUBLE(spec), 2);
  if (GEGL_IS_PARAM_SPEC_INT(spec) && GEGL_PARAM_SPEC_INT(spec)->ui_maximum <= kMostForAScale)
    return new_scale(dialog, GEGL_PARAM_SPEC_INT(spec), 0);
  if (G_PARAM_SPEC_VALUE_TYPE(spec) == GEGL_TYPE_COLOR) return new_color_row(dialog, spec);
  GtkWidget* row = gimp_procedure_dialog_get_widget(dialog, spec->name, G_TYPE_NONE);
  if (GIMP_IS_LABEL_SPIN(row)) gtk_widget_set_hexpand(gimp_label_spin_get_spin_button(GIMP_LABEL_SPIN(row)), TRUE);
  if (GIMP_IS_LABEL_SPIN(row) && GEGL_IS_PARAM_SPEC_INT(spec)) {
    const GeglParamSpecInt* i = GEGL_PARAM_SPEC_INT(spec);
    gimp_label_spin_set_increments(GIMP_LABEL_SPIN(row), i->ui_step_small, i->ui_step_big);
  }
  return row;
}

/// Greys a row out while the boolean property that its own one hangs on is off, or, behind a "!", on.
void bind_sensitivity(GimpProcedureConfig* config, const GParamSpec* spec, GtkWidget* row) {
  const char* key = gegl_param_spec_get_property_key(const_cast<GParamSpec*>(spec), "sensitive");
  if (!key) return;
  const bool inverted = *key == '!';
  const std::string master = key + std::strspn(key, "! ");
  if (g_object_class_find_property(G_OBJECT_GET_CLASS(config), master.c_str()))
    g_object_bind_property(config, master.c_str(), row, "sensitive",
                           static_cast<GBindingFlags>(G_BINDING_SYNC_CREATE | (inverted * G_BINDING_INVERT_BOOLEAN)));
}

bool is_exact_setting(const Decomposition& decomposition, const char* property) {
  return std::ranges::any_of(decomposition.exact, [&](const Setting& s) { return !g_strcmp0(s.property, property); });
}

using Condition = std::function<bool()>;

void update_sensitivity(GObject*, GParamSpec*, gpointer row) {
  gtk_widget_set_sensitive(GTK_WIDGET(row),
                           (*static_cast<Condition*>(g_object_get_data(G_OBJECT(row), "condition")))());
}

/// Greys a row out while `condition`, which hangs on the values in `config`, does not hold.
void bind_to_condition(GimpProcedureConfig* config, GtkWidget* row, Condition condition) {
  g_object_set_data_full(G_OBJECT(row), "condition", new Condition(std::move(condition)),
                         [](gpointer data) { delete static_cast<Condition*>(data); });
  g_signal_connect_object(config, "notify", G_CALLBACK(update_sensitivity), row, G_CONNECT_DEFAULT);
  update_sensitivity(nullptr, nullptr, row);
}

}  // namespace

GtkWidget* new_settings_panel(GimpProcedureDialog* dialog, GimpProcedureConfig* config, const Filter& filter,
                              const Target& target) {
  GtkWidget* frame = gimp_frame_new(_("Settings"));
  GtkWidget* box = gtk_box_new(GTK_ORIENTATION_VERTICAL, 6);
  const Handle<GtkSizeGroup> labels(gtk_size_group_new(GTK_SIZE_GROUP_HORIZONTAL));
  const auto add = [&](GtkWidget* row) {
    if (GIMP_IS_LABELED(row)) {
      GtkWidget* label = gimp_labeled_get_label(GIMP_LABELED(row));
      gtk_label_set_xalign(GTK_LABEL(label), 0);
      gtk_size_group_add_widget(labels.get(), label);
    }
    gtk_box_pack_start(GTK_BOX(box), row, FALSE, FALSE, 0);
  };
  const auto add_boolean = [&](const char* name) {
    GtkWidget* row = gimp_procedure_dialog_get_widget(dialog, name, G_TYPE_NONE);
    add(row);
    return row;
  };
  if (filter.aux == Aux::kLayer) add(new_layer_chooser(config, filter.layer.name, !filter.missing, target.drawable()));
  for (const GParamSpec* spec : user_properties(filter)) {
    if (!target.note().empty() && !g_strcmp0(spec->name, "scale")) continue;  // the note tells
    GtkWidget* row = new_row(dialog, config, spec);
    bind_sensitivity(config, spec, row);
    add(row);
    const Decomposition* decomposition = filter.decomposition;
    const bool output = decomposition && !g_strcmp0(spec->name, "output");
    if (output || (decomposition && is_exact_setting(*decomposition, spec->name)))
      bind_to_condition(config, row, [&filter, config] { return destination(filter, config) != Destination::kGroup; });
    if (!output) continue;
    GtkWidget* layers = add_boolean(kLayers);
    if (!decomposition->frames_nick) continue;
    add_boolean(kAllLayers);
    g_object_bind_property(config, kAllLayers, layers, "sensitive",
                           static_cast<GBindingFlags>(G_BINDING_SYNC_CREATE | G_BINDING_INVERT_BOOLEAN));
  }
  if (filter.stays) add_boolean(kAsFilter);
  if (filter.made_by)
    bind_to_condition(config, add_boolean(kShowInvented),
                      [&filter, config, &target] { return is_comparable(filter, config, target); });
  const char* icon = filter.note == Note::kRead ? GIMP_ICON_DIALOG_WARNING : GIMP_ICON_DIALOG_INFORMATION;
  if (filter.hint && target.note().empty()) add(new_text_row(icon, GTK_ICON_SIZE_BUTTON, _(filter.hint)).row);
  gtk_container_add(GTK_CONTAINER(frame), box);
  gtk_widget_show_all(frame);
  return frame;
}

}  // namespace pentimento
