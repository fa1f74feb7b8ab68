// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gi18n-lib.h>

#include "enums.h"

#ifdef GEGL_PROPERTIES

// clang-format off

property_double(amount, _("Amount"), 1.0)
  description(_("How much stronger to make the texture; 0 leaves the picture as it is, 1 doubles its finest detail"))
  value_range(0.0, 5.0)
  ui_range(0.0, 3.0)

// clang-format on

#include "shared_properties.h"

#else

#include "whole_picture.h"

#define GEGL_OP_FILTER
#define GEGL_OP_NAME pentimento_enhance_detail
#define GEGL_OP_C_SOURCE enhance_detail.cc
#include <gegl-op.h>

#include "shared_options.h"

static gboolean process(GeglOperation* operation, GeglBuffer* input, GeglBuffer* output, const GeglRectangle* result,
                        gint) {
  GeglProperties* o = GEGL_PROPERTIES(operation);
  const auto options = shared_options(o, {{"amount", o->amount, nullptr}});
  pentimento::restore_picture({operation, "enhance-detail", options, &o->error, &o->notice}, input, nullptr, output,
                              result);
  return TRUE;
}

static void gegl_op_class_init(GeglOpClass* klass) {
  GeglOperationClass* operation_class = GEGL_OPERATION_CLASS(klass);

  pentimento::whole_picture_class_init(operation_class);
  GEGL_OPERATION_FILTER_CLASS(klass)->process = process;

  gegl_operation_class_set_keys(
      operation_class, "name", "pentimento:enhance-detail", "title", _("Enhance Detail (Deep Image Prior)"),
      "categories", "enhance:restoration", "license", "GPL3+", "op-version", "1:0", "description",
      _("Strengthen texture without halos: a network fitted to this one picture finds its edges before its texture, "
        "and what "
        "it has not found yet is made stronger. For pictures with little noise; denoise others first."),
      nullptr);
}

#endif
