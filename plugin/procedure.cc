// SPDX-License-Identifier: GPL-3.0-or-later
#include "procedure.h"

#include <glib/gi18n-lib.h>
#include <libgimp/gimpui.h>

#include <optional>
#include <string>
#include <utility>

#include "arguments.h"
#include "delivery.h"
#include "dialog.h"
#include "new_job.h"
#include "run.h"
#include "target.h"
#include "visible_picture.h"

namespace pentimento {
namespace {

constexpr gulong kPollMicroseconds = 50000;

GimpValueArray* succeed(GimpProcedure* procedure, GimpImage* new_image) {
  GimpValueArray* values = gimp_procedure_new_return_values(procedure, GIMP_PDB_SUCCESS, nullptr);
  if (new_image) GIMP_VALUES_SET_IMAGE(values, 1, new_image);
  return values;
}

GimpValueArray* fail(GimpProcedure* procedure, const std::string& sentence) {
  GError* error = g_error_new_literal(GIMP_PLUG_IN_ERROR, 0, sentence.c_str());
  return gimp_procedure_new_return_values(procedure, GIMP_PDB_EXECUTION_ERROR, error);
}

/// Runs with GIMP's own progress bar; its Cancel ends this process, so there is no answer to give.
Outcome work(const Job& job) {
  Run run(job, false);
  while (!run.finished()) {
    g_usleep(kPollMicroseconds);
    if (const auto update = run.take(); update && update->iterations > 0)
      gimp_progress_update(static_cast<double>(update->iteration) / update->iterations);
  }
  return run.outcome();
}

Outcome run_without_dialog(const Filter& filter, GimpProcedureConfig* config, Target& target) {
  gimp_progress_init(gegl_operation_get_key(filter.operation, "title"));
  while (target.read_some()) {
  }
  std::string sentence = target.content_refusal();
  if (sentence.empty()) sentence = target.prepare(config);
  if (!sentence.empty()) return {.error = std::move(sentence)};
  while (target.read_some()) {
  }
  return work(new_job(filter, config, target, false));
}

void tell(const std::string& sentence) {
  if (!sentence.empty()) gimp_message(sentence.c_str());
}

/// Null where nobody wants to see it, or where it cannot be told: the result is good all the same.
Handle<GeglBuffer> overlay_of(const Filter& filter, GimpProcedureConfig* config, const Target& target,
                              GeglBuffer* result) {
  if (!shows_invented(filter, config, target)) return nullptr;
  Outcome outcome = work(new_invention_job(filter, config, target, result));
  tell(outcome.error.empty() ? outcome.notice : outcome.error);
  return outcome.error.empty() ? std::move(outcome.results[0]) : nullptr;
}

GimpValueArray* run_filter(GimpProcedure* procedure, GimpRunMode mode, GimpImage* image, GimpDrawable** drawables,
                           GimpProcedureConfig* config, gpointer data) {
  const Filter& filter = *static_cast<const Filter*>(data);
  if (!gegl_has_operation(filter.operation)) {
    const Text sentence(g_strdup_printf(
        _("The operation %s is not installed. Install Pentimento again and restart GIMP."), filter.operation));
    return fail(procedure, sentence.get());
  }
  std::optional<VisiblePicture> picture;
  if (filter.image_wide)
    picture.emplace(image);
  else if (const std::string sentence = Target::refusal(filter, drawables); !sentence.empty())
    return fail(procedure, sentence);

  complete_arguments(config, filter);
  Target target(filter, picture ? picture->layer() : drawables[0]);
  Result result;
  if (mode == GIMP_RUN_INTERACTIVE) {
    gimp_ui_init("pentimento");
    auto chosen = Dialog(filter, procedure, config, target).run();
    if (!chosen) return gimp_procedure_new_return_values(procedure, GIMP_PDB_CANCEL, nullptr);
    result = std::move(*chosen);
  } else {
    result = {run_without_dialog(filter, config, target), destination(filter, config),
              Handle<GimpProcedureConfig>(GIMP_PROCEDURE_CONFIG(g_object_ref(config)))};
    if (!result.outcome.error.empty()) return fail(procedure, result.outcome.error);
    tell(result.outcome.notice);
    result.overlay = overlay_of(filter, config, target, result.outcome.results[0].get());
    gimp_progress_end();
  }

  const Delivery delivery = deliver(filter, target, result);
  if (!delivery.error.empty()) return fail(procedure, delivery.error);
  if (mode != GIMP_RUN_NONINTERACTIVE) {
    if (delivery.image) gimp_display_new(delivery.image);
    gimp_displays_flush();
  }
  return succeed(procedure, delivery.image);
}

}  // namespace

GimpProcedure* create_procedure(GimpPlugIn* plug_in, const Filter& filter) {
  GimpProcedure* procedure = gimp_image_procedure_new(plug_in, filter.procedure, GIMP_PDB_PROC_TYPE_PLUGIN, run_filter,
                                                      const_cast<Filter*>(&filter), nullptr);
  gimp_procedure_set_image_types(procedure, filter.image_types);
  const int any_choice = GIMP_PROCEDURE_SENSITIVE_DRAWABLES | GIMP_PROCEDURE_SENSITIVE_NO_DRAWABLES;
  gimp_procedure_set_sensitivity_mask(procedure,
                                      GIMP_PROCEDURE_SENSITIVE_DRAWABLE | (filter.image_wide ? any_choice : 0));
  gimp_procedure_set_menu_label(procedure, _(filter.menu_label));
  const Text path(g_strconcat("<Image>/Filters/", _(filter.submenu), nullptr));
  gimp_procedure_add_menu_path(procedure, path.get());
  gimp_procedure_set_icon_name(procedure, filter.icon);
  gimp_procedure_set_attribution(procedure, "Pentimento", "GPL-3.0-or-later", "2026");
  // An operation that is missing is reported when the filter is called: then there is somebody to tell.
  if (gegl_has_operation(filter.operation)) {
    gimp_procedure_set_documentation(procedure, gegl_operation_get_key(filter.operation, "description"), nullptr,
                                     nullptr);
    add_arguments(procedure, filter);
  }
  if (filter.destination == Destination::kImage)
    gimp_procedure_add_image_return_value(procedure, "image", _("Image"), _("The new image"), FALSE, G_PARAM_READWRITE);
  return procedure;
}

}  // namespace pentimento
