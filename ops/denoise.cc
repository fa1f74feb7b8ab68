// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gi18n-lib.h>

#include "shared_enums.h"

#ifdef GEGL_PROPERTIES

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
  pentimento::restore_picture({operation, "denoise", shared_options(o), &o->error, &o->notice}, input, output, result);
  return TRUE;
}

static void gegl_op_class_init(GeglOpClass* klass) {
  GeglOperationClass* operation_class = GEGL_OPERATION_CLASS(klass);

  pentimento::whole_picture_class_init(operation_class);
  GEGL_OPERATION_FILTER_CLASS(klass)->process = process;

  gegl_operation_class_set_keys(
      operation_class, "name", "pentimento:denoise", "title", _("Denoise (Deep Image Prior)"), "categories",
      "enhance:restoration", "license", "GPL3+", "op-version", "1:0", "description",
      _("Remove noise by fitting a network to this one picture: the network finds its structure before its noise, and "
        "the fit stops in between. Needs no training data and no hint of the noise level, but takes minutes."),
      nullptr);
}

#endif
