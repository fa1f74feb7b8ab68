// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gi18n-lib.h>

#include "enums.h"

#ifdef GEGL_PROPERTIES

// clang-format off

property_boolean(swap, _("Swap the layers"), FALSE)
  description(_("Layer 1 is the sharper one; on: it is the other one"))

property_enum(output, _("Output"), PentimentoSeparateOutput, pentimento_separate_output, PENTIMENTO_SEPARATE_LAYER_1)
  description(_("Show one of the two layers, or the mask: layer 1 x mask + layer 2 x (1 - mask) is the picture"))

// clang-format on

#include "shared_properties.h"

#else

#include "whole_picture.h"

#define GEGL_OP_COMPOSER
#define GEGL_OP_NAME pentimento_separate_layers
#define GEGL_OP_C_SOURCE separate_layers.cc
#include <gegl-op.h>

#include "shared_options.h"

static std::string refusal(GeglOperation* operation, const GeglBuffer* second) {
  if (pentimento::cover_of_aux(operation, second) != pentimento::Cover::kPart) return "";
  return _("The second picture does not cover the first one: please align the two.");
}

static std::vector<PentimentoOption> options(const GeglProperties* o) {
  return shared_options(o, {{"swap", o->swap ? 1.0 : 0.0, nullptr},
                            {"output", 0, pentimento::nick(pentimento_separate_output_get_type(), o->output)}});
}

static gboolean process(GeglOperation* operation, GeglBuffer* input, GeglBuffer* aux, GeglBuffer* output,
                        const GeglRectangle* result, gint) {
  GeglProperties* o = GEGL_PROPERTIES(operation);
  const pentimento::Restoration job = {.operation = operation,
                                       .method = "separate-layers",
                                       .options = options(o),
                                       .error = &o->error,
                                       .notice = &o->notice,
                                       .aux = pentimento::Aux::kOptionalPicture,
                                       .refusal = refusal(operation, aux)};
  pentimento::restore_picture(job, input, aux, output, result);
  return TRUE;
}

static void gegl_op_class_init(GeglOpClass* klass) {
  GeglOperationClass* operation_class = GEGL_OPERATION_CLASS(klass);

  pentimento::whole_picture_class_init(operation_class);
  GEGL_OPERATION_COMPOSER_CLASS(klass)->process = process;

  gegl_operation_class_set_keys(operation_class, "name", "pentimento:separate-layers", "title",
                                _("Separate Layers (Double-DIP)"), "categories", "enhance:restoration", "license",
                                "GPL3+", "op-version", "1:0", "description",
                                _("Tell two transparent layers apart: a scene and what a window reflects, or a double "
                                  "exposure. A second picture of the same two layers in another mixture, on aux, makes "
                                  "it far easier. Blended by the mask the two layers are the picture again."),
                                nullptr);
}

#endif
