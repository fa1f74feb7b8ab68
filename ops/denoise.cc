// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gi18n-lib.h>

#include "enums.h"

#ifdef GEGL_PROPERTIES

// clang-format off

property_double(strength, _("Strength"), 1.0)
  description(_("How much of the noise to remove; below 1 a grain of it stays, so that the picture does not look washed out"))
  value_range(0.0, 1.0)

property_double(color_strength, _("Color noise"), 1.0)
  description(_("How much of the noise in the colors to remove, apart from that in the brightness"))
  value_range(0.0, 1.0)

// clang-format on

#include "shared_properties.h"

#else

#include "whole_picture.h"

#define GEGL_OP_FILTER
#define GEGL_OP_NAME pentimento_denoise
#define GEGL_OP_C_SOURCE denoise.cc
#include <gegl-op.h>

#include "shared_options.h"

static gboolean process(GeglOperation* operation, GeglBuffer* input, GeglBuffer* output, const GeglRectangle* result,
                        gint) {
  GeglProperties* o = GEGL_PROPERTIES(operation);
  const auto options =
      shared_options(o, {{"strength", o->strength, nullptr}, {"color-strength", o->color_strength, nullptr}});
  pentimento::restore_picture({operation, "denoise", options, &o->error, &o->notice}, input, nullptr, output, result);
  return TRUE;
}

static void gegl_op_class_init(GeglOpClass* klass) {
  GeglOperationClass* operation_class = GEGL_OPERATION_CLASS(klass);

  pentimento::whole_picture_class_init(operation_class);
  GEGL_OPERATION_FILTER_CLASS(klass)->process = process;

  gegl_operation_class_set_keys(
      operation_class, "name", "pentimento:denoise", "title", _("Denoise (Deep Image Prior)"), "categories",
      "enhance:restoration", "license", "GPL3+", "op-version", "1:0", "description",
      _("Remove noise of unknown strength: similar parts of the picture are filtered together, then a network that is "
        "fitted to this one picture improves on the result. Needs no training data and no hint of the noise level; "
        "fast leaves the network out and takes seconds, the other qualities minutes."),
      nullptr);
}

#endif
