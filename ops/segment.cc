// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gi18n-lib.h>

#include "enums.h"

#ifdef GEGL_PROPERTIES

// clang-format off

property_int(frames, _("Frames"), 1)
  description(_("How many frames of one sequence the picture holds, one below the other; they are worked on together, so that nothing flickers"))
  value_range(1, 1000)
  ui_range(1, 100)

property_enum(output, _("Output"), PentimentoSegmentOutput, pentimento_segment_output, PENTIMENTO_SEGMENT_MASK)
  description(_("Show the mask of the foreground, the foreground, or the background completed behind it: foreground x mask + background x (1 - mask) is the picture"))

// clang-format on

#include "shared_properties.h"

#else

#include "whole_picture.h"

#define GEGL_OP_COMPOSER
#define GEGL_OP_NAME pentimento_segment
#define GEGL_OP_C_SOURCE segment.cc
#include <gegl-op.h>

#include "shared_options.h"

static std::vector<PentimentoOption> options(const GeglProperties* o) {
  return shared_options(o, {{"frames", static_cast<double>(o->frames), nullptr},
                            {"output", 0, pentimento::nick(pentimento_segment_output_get_type(), o->output)}});
}

static gboolean process(GeglOperation* operation, GeglBuffer* input, GeglBuffer* aux, GeglBuffer* output,
                        const GeglRectangle* result, gint) {
  GeglProperties* o = GEGL_PROPERTIES(operation);
  const pentimento::Restoration job = {.operation = operation,
                                       .method = "segment",
                                       .options = options(o),
                                       .error = &o->error,
                                       .notice = &o->notice,
                                       .aux = pentimento::Aux::kStrokes};
  pentimento::restore_picture(job, input, aux, output, result);
  return TRUE;
}

static void gegl_op_class_init(GeglOpClass* klass) {
  GeglOperationClass* operation_class = GEGL_OPERATION_CLASS(klass);

  pentimento::whole_picture_class_init(operation_class);
  GEGL_OPERATION_COMPOSER_CLASS(klass)->process = process;

  gegl_operation_class_set_keys(operation_class, "name", "pentimento:segment", "title", _("Segment (Double-DIP)"),
                                "categories", "enhance:restoration", "license", "GPL3+", "op-version", "1:0",
                                "description",
                                _("Tell foreground from background. Strokes on aux say which is which: white on what "
                                  "is foreground, black on what is background, nothing elsewhere; without any, what "
                                  "stands out is the foreground. The background is completed behind it."),
                                nullptr);
}

#endif
