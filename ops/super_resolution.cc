// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gi18n-lib.h>

#include "enums.h"

#ifdef GEGL_PROPERTIES

// clang-format off

property_int(scale, _("Factor"), 2)
  description(_("How many times wider and higher the picture becomes"))
  value_range(2, 8)

// clang-format on

#include "shared_properties.h"

#else

#include "scaled_extent.h"
#include "whole_picture.h"

#define GEGL_OP_FILTER
#define GEGL_OP_NAME pentimento_super_resolution
#define GEGL_OP_C_SOURCE super_resolution.cc
#include <gegl-op.h>

#include "shared_options.h"

static GeglRectangle get_bounding_box(GeglOperation* operation) {
  return pentimento::enlarged(pentimento::input_extent(operation), GEGL_PROPERTIES(operation)->scale);
}

static gboolean process(GeglOperation* operation, GeglBuffer* input, GeglBuffer* output, const GeglRectangle* result,
                        gint) {
  GeglProperties* o = GEGL_PROPERTIES(operation);
  const pentimento::Restoration job = {
      .operation = operation,
      .method = "super-resolution",
      .options = shared_options(o, {{"scale", static_cast<double>(o->scale), nullptr}}),
      .error = &o->error,
      .notice = &o->notice,
      .refusal = pentimento::enlarging_refusal(pentimento::input_extent(operation), o->scale),
      .magnification = static_cast<double>(o->scale)};
  pentimento::restore_picture(job, input, nullptr, output, result);
  return TRUE;
}

static void gegl_op_class_init(GeglOpClass* klass) {
  GeglOperationClass* operation_class = GEGL_OPERATION_CLASS(klass);

  pentimento::whole_picture_class_init(operation_class);
  operation_class->get_bounding_box = get_bounding_box;
  GEGL_OPERATION_FILTER_CLASS(klass)->process = process;

  gegl_operation_class_set_keys(operation_class, "name", "pentimento:super-resolution", "title",
                                _("Super-resolution (Deep Image Prior)"), "categories", "enhance:restoration",
                                "license", "GPL3+", "op-version", "1:0", "description",
                                _("Enlarge a small picture 2 to 8 times by fitting a network to it: the result is "
                                  "sharp where the picture is, and "
                                  "scaled down again it is the picture it came from. The output is larger than the "
                                  "input, at most 400 megapixels."),
                                nullptr);
}

#endif
