// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gi18n-lib.h>

#include "enums.h"

#ifdef GEGL_PROPERTIES

// clang-format off

property_enum(kind, _("Kind of hole"), PentimentoHole, pentimento_hole, PENTIMENTO_HOLE_AUTO)
  description(_("What is to be filled: thin lines, whole objects, or pixels missing all over; automatic tells by the shape of the mask"))

property_int(grow, _("Grow"), 0)
  description(_("By how much to grow the hole, so that nothing of what it covers is left at its rim"))
  value_range(0, 100)
  ui_range(0, 20)
  ui_meta("unit", "pixel-distance")

property_double(feather, _("Feather"), 0.0)
  description(_("How wide the soft seam around the hole is"))
  value_range(0.0, 100.0)
  ui_range(0.0, 20.0)
  ui_meta("unit", "pixel-distance")

property_boolean(find_damage, _("Find dust and scratches"), FALSE)
  description(_("Look for dust and scratches in the picture and fill them too; needs no mask"))

property_double(sensitivity, _("Sensitivity"), 0.5)
  description(_("How faint a speck or scratch may be to be found; look at the mask while you choose"))
  value_range(0.0, 1.0)
  ui_meta("sensitive", "find-damage")

property_enum(output, _("Output"), PentimentoInpaintOutput, pentimento_inpaint_output, PENTIMENTO_INPAINT_PICTURE)
  description(_("Show the result, or in white what of the picture is filled for it"))

// clang-format on

#include "shared_properties.h"

#else

#include "whole_picture.h"

#define GEGL_OP_COMPOSER
#define GEGL_OP_NAME pentimento_inpaint
#define GEGL_OP_C_SOURCE inpaint.cc
#include <gegl-op.h>

#include "shared_options.h"

static std::vector<PentimentoOption> options(const GeglProperties* o) {
  return shared_options(o, {{"kind", 0, pentimento::nick(pentimento_hole_get_type(), o->kind)},
                            {"grow", static_cast<double>(o->grow), nullptr},
                            {"feather", o->feather, nullptr},
                            {"find-damage", o->find_damage ? 1.0 : 0.0, nullptr},
                            {"sensitivity", o->sensitivity, nullptr},
                            {"output", 0, pentimento::nick(pentimento_inpaint_output_get_type(), o->output)}});
}

static gboolean process(GeglOperation* operation, GeglBuffer* input, GeglBuffer* aux, GeglBuffer* output,
                        const GeglRectangle* result, gint) {
  GeglProperties* o = GEGL_PROPERTIES(operation);
  const pentimento::Restoration job = {.operation = operation,
                                       .method = "inpaint",
                                       .options = options(o),
                                       .error = &o->error,
                                       .notice = &o->notice,
                                       .aux = pentimento::Aux::kHoles,
                                       .opaque = o->output == PENTIMENTO_INPAINT_MASK};
  pentimento::restore_picture(job, input, aux, output, result);
  return TRUE;
}

static void gegl_op_class_init(GeglOpClass* klass) {
  GeglOperationClass* operation_class = GEGL_OPERATION_CLASS(klass);

  pentimento::whole_picture_class_init(operation_class);
  GEGL_OPERATION_COMPOSER_CLASS(klass)->process = process;

  gegl_operation_class_set_keys(
      operation_class, "name", "pentimento:inpaint", "title", _("Inpaint (Deep Image Prior)"), "categories",
      "enhance:restoration", "license", "GPL3+", "op-version", "1:0", "description",
      _("Fill holes, scratches, text or a whole object with what the rest of the picture suggests. The hole is what is "
        "white in the mask on aux, gray is a soft edge; without a mask the transparent pixels are the hole, and become "
        "opaque. Nothing else changes. Dust and scratches can be found without a mask."),
      nullptr);
}

#endif
