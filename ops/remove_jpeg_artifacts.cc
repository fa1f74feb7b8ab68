// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gi18n-lib.h>

#include "enums.h"

#ifdef GEGL_PROPERTIES

#include "shared_properties.h"

#else

#include "whole_picture.h"

#define GEGL_OP_FILTER
#define GEGL_OP_NAME pentimento_remove_jpeg_artifacts
#define GEGL_OP_C_SOURCE remove_jpeg_artifacts.cc
#include <gegl-op.h>

#include "shared_options.h"

static gboolean process(GeglOperation* operation, GeglBuffer* input, GeglBuffer* output, const GeglRectangle* result,
                        gint) {
  GeglProperties* o = GEGL_PROPERTIES(operation);
  pentimento::restore_picture({operation, "remove-jpeg-artifacts", shared_options(o), &o->error, &o->notice}, input,
                              nullptr, output, result);
  return TRUE;
}

static void gegl_op_class_init(GeglOpClass* klass) {
  GeglOperationClass* operation_class = GEGL_OPERATION_CLASS(klass);

  pentimento::whole_picture_class_init(operation_class);
  GEGL_OPERATION_FILTER_CLASS(klass)->process = process;

  gegl_operation_class_set_keys(
      operation_class, "name", "pentimento:remove-jpeg-artifacts", "title",
      _("Remove JPEG Artifacts (Deep Image Prior)"), "categories", "enhance:restoration", "license", "GPL3+",
      "op-version", "1:0", "description",
      _("Remove the blocks and the ringing of strong JPEG compression by fitting a network to this one picture. Works "
        "on the "
        "picture as it was decoded: best before it is scaled, sharpened or turned; a crop does no harm."),
      nullptr);
}

#endif
