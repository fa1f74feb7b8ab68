// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gi18n-lib.h>

#include "enums.h"

#ifdef GEGL_PROPERTIES

// clang-format off

property_int(frames, _("Frames"), 1)
  description(_("How many pictures with the same mark the picture holds, one below the other; three or more need no hint"))
  value_range(1, 1000)
  ui_range(1, 100)

property_enum(output, _("Output"), PentimentoWatermarkOutput, pentimento_watermark_output, PENTIMENTO_WATERMARK_PICTURE)
  description(_("Show the clean picture, the watermark, or its opacity: watermark x opacity + clean picture x (1 - opacity) is the marked one"))

// clang-format on

#include "shared_properties.h"

#else

#include "whole_picture.h"

#define GEGL_OP_COMPOSER
#define GEGL_OP_NAME pentimento_remove_watermark
#define GEGL_OP_C_SOURCE remove_watermark.cc
#include <gegl-op.h>

#include "shared_options.h"

static std::vector<PentimentoOption> options(const GeglProperties* o) {
  return shared_options(o, {{"frames", static_cast<double>(o->frames), nullptr},
                            {"output", 0, pentimento::nick(pentimento_watermark_output_get_type(), o->output)}});
}

static gboolean process(GeglOperation* operation, GeglBuffer* input, GeglBuffer* aux, GeglBuffer* output,
                        const GeglRectangle* result, gint) {
  GeglProperties* o = GEGL_PROPERTIES(operation);
  const pentimento::Restoration job = {.operation = operation,
                                       .method = "remove-watermark",
                                       .options = options(o),
                                       .error = &o->error,
                                       .notice = &o->notice,
                                       .aux = pentimento::Aux::kMask};
  pentimento::restore_picture(job, input, aux, output, result);
  return TRUE;
}

static void gegl_op_class_init(GeglOpClass* klass) {
  GeglOperationClass* operation_class = GEGL_OPERATION_CLASS(klass);

  pentimento::whole_picture_class_init(operation_class);
  GEGL_OPERATION_COMPOSER_CLASS(klass)->process = process;

  gegl_operation_class_set_keys(
      operation_class, "name", "pentimento:remove-watermark", "title", _("Remove Watermark (Double-DIP)"), "categories",
      "enhance:restoration", "license", "GPL3+", "op-version", "1:0", "description",
      _("Take a half transparent mark off a picture. Aux is white where the mark lies, roughly; of several pictures "
        "with the same mark, one below the other, no hint is needed. Everything else keeps its bits. For pictures that "
        "you have the right to change."),
      nullptr);
}

#endif
