// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gi18n-lib.h>

#include "enums.h"

#ifdef GEGL_PROPERTIES

#include "shared_properties.h"

#else

#include "whole_picture.h"

#define GEGL_OP_COMPOSER
#define GEGL_OP_NAME pentimento_flash_no_flash
#define GEGL_OP_C_SOURCE flash_no_flash.cc
#include <gegl-op.h>

#include "shared_options.h"

static std::string refusal(GeglOperation* operation, const GeglBuffer* flash) {
  switch (pentimento::cover_of_aux(operation, flash)) {
    case pentimento::Cover::kNone:
      return _("The picture taken with flash is missing: please connect it to aux.");
    case pentimento::Cover::kPart:
      return _("The picture taken with flash does not cover the other one: please align the two.");
    case pentimento::Cover::kWhole:
      break;
  }
  return "";
}

static gboolean process(GeglOperation* operation, GeglBuffer* input, GeglBuffer* aux, GeglBuffer* output,
                        const GeglRectangle* result, gint) {
  GeglProperties* o = GEGL_PROPERTIES(operation);
  const pentimento::Restoration job = {.operation = operation,
                                       .method = "flash-no-flash",
                                       .options = shared_options(o),
                                       .error = &o->error,
                                       .notice = &o->notice,
                                       .aux = pentimento::Aux::kPicture,
                                       .refusal = refusal(operation, aux)};
  pentimento::restore_picture(job, input, aux, output, result);
  return TRUE;
}

static void gegl_op_class_init(GeglOpClass* klass) {
  GeglOperationClass* operation_class = GEGL_OPERATION_CLASS(klass);

  pentimento::whole_picture_class_init(operation_class);
  GEGL_OPERATION_COMPOSER_CLASS(klass)->process = process;

  gegl_operation_class_set_keys(operation_class, "name", "pentimento:flash-no-flash", "title",
                                _("Flash and No-flash (Deep Image Prior)"), "categories", "enhance:restoration",
                                "license", "GPL3+", "op-version", "1:0", "description",
                                _("Merge two pictures of one scene: the light and colors of the one without flash, "
                                  "which is noisy, with the detail of "
                                  "the one with flash, on aux. The two must lie exactly over each other."),
                                nullptr);
}

#endif
