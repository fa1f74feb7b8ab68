// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gi18n-lib.h>

#include "enums.h"

#ifdef GEGL_PROPERTIES

// clang-format off

property_enum(task, _("Remove"), PentimentoRestoreTask, pentimento_restore_task, PENTIMENTO_RESTORE_RAIN)
  description(_("What lies over the picture: each has a network of its own"))

property_double(strength, _("Strength"), 1.0)
  description(_("How much of the change to make; 0 leaves the picture as it is"))
  value_range(0.0, 1.0)

// clang-format on

#include "run_properties.h"

    // clang-format off

property_file_path(weights, _("Weights"), "")
  description(_("The weights of the network, a safetensors file; empty for those that come with Pentimento"))

// clang-format on

#else

#include <string>

#include "run_options.h"
#include "weights_file.h"
#include "whole_picture.h"

#define GEGL_OP_FILTER
#define GEGL_OP_NAME pentimento_restore
#define GEGL_OP_C_SOURCE restore.cc
#include <gegl-op.h>

using namespace pentimento;

static gboolean process(GeglOperation* operation, GeglBuffer* input, GeglBuffer* output, const GeglRectangle* result,
                        gint) {
  GeglProperties* o = GEGL_PROPERTIES(operation);
  Restoration job = {
      .operation = operation, .method = "restore", .options = {}, .error = &o->error, .notice = &o->notice};
  if (o->strength == 0) {
    run_guarded(job, input, output, result, [] { return Outcome(); });
    return TRUE;
  }
  const char* task = nick(pentimento_restore_task_get_type(), o->task);
  const WeightsFile weights = find_weights(o->weights, std::string("restore-") + task + ".safetensors");
  job.options = run_options(
      o->device, {{"task", 0, task}, {"strength", o->strength, nullptr}, {"weights", 0, weights.path.c_str()}});
  job.weights = weights.mark;
  job.refusal = weights.error;
  restore_picture(job, input, nullptr, output, result);
  return TRUE;
}

static void gegl_op_class_init(GeglOpClass* klass) {
  GeglOperationClass* operation_class = GEGL_OPERATION_CLASS(klass);

  whole_picture_class_init(operation_class);
  GEGL_OPERATION_FILTER_CLASS(klass)->process = process;

  gegl_operation_class_set_keys(
      operation_class, "name", "pentimento:restore", "title", _("Remove Rain, Haze or Shadow (Restoration Network)"),
      "categories", "enhance:restoration", "license", "GPL3+", "op-version", "1:0", "description",
      _("Take rain, haze or shadows out of a photograph by a small network that was trained for it beforehand: takes "
        "seconds, where a fit takes minutes, and leaves a picture without them nearly as it is."),
      nullptr);
}

#endif
