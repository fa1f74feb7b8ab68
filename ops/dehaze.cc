// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gi18n-lib.h>

#include "enums.h"

#ifdef GEGL_PROPERTIES

// clang-format off

property_double(strength, _("Strength"), 1.0)
  description(_("How much of the change to make; 0 leaves the picture as it is"))
  value_range(0.0, 1.0)

property_double(keep_some_haze, _("Keep some haze"), 0.1)
  description(_("How much of the haze to leave, most of it far away, where a picture without any looks unnatural"))
  value_range(0.0, 1.0)

property_boolean(find_airlight, _("Find the airlight"), TRUE)
  description(_("Find the color of the haze in the picture; off: it is the color below"))

property_color(airlight, _("Airlight"), "#dfe3e8")
  description(_("The color of haze so thick that nothing shows through: pick it where the haze is thickest"))
  ui_meta("sensitive", "! find-airlight")

property_int(frames, _("Frames"), 1)
  description(_("How many frames of one sequence the picture holds, one below the other; they are worked on together, so that nothing flickers"))
  value_range(1, 1000)
  ui_range(1, 100)

property_enum(output, _("Output"), PentimentoDehazeOutput, pentimento_dehaze_output, PENTIMENTO_DEHAZE_PICTURE)
  description(_("Show the clear picture, how much of the scene's light comes through the haze, or the color of the haze: clear picture x transmission + airlight x (1 - transmission) is the hazy one"))

// clang-format on

#include "shared_properties.h"

#else

#include "whole_picture.h"

#define GEGL_OP_FILTER
#define GEGL_OP_NAME pentimento_dehaze
#define GEGL_OP_C_SOURCE dehaze.cc
#include <gegl-op.h>

#include "shared_options.h"

static std::vector<PentimentoOption> options(const GeglProperties* o, GeglOperation* operation) {
  float color[3] = {0, 0, 0};
  const Babl* space = gegl_operation_get_source_space(operation, "input");
  if (o->airlight) gegl_color_get_pixel(o->airlight, babl_format_with_space("R'G'B' float", space), color);
  const auto channel = [&](int i) { return CLAMP(static_cast<double>(color[i]), 0.0, 1.0); };
  return shared_options(o, {{"strength", o->strength, nullptr},
                            {"keep-some-haze", o->keep_some_haze, nullptr},
                            {"find-airlight", o->find_airlight ? 1.0 : 0.0, nullptr},
                            {"airlight-red", channel(0), nullptr},
                            {"airlight-green", channel(1), nullptr},
                            {"airlight-blue", channel(2), nullptr},
                            {"frames", static_cast<double>(o->frames), nullptr},
                            {"output", 0, pentimento::nick(pentimento_dehaze_output_get_type(), o->output)}});
}

static gboolean process(GeglOperation* operation, GeglBuffer* input, GeglBuffer* output, const GeglRectangle* result,
                        gint) {
  GeglProperties* o = GEGL_PROPERTIES(operation);
  const pentimento::Restoration job = {.operation = operation,
                                       .method = "dehaze",
                                       .options = options(o, operation),
                                       .error = &o->error,
                                       .notice = &o->notice};
  pentimento::restore_picture(job, input, nullptr, output, result);
  return TRUE;
}

static void gegl_op_class_init(GeglOpClass* klass) {
  GeglOperationClass* operation_class = GEGL_OPERATION_CLASS(klass);

  pentimento::whole_picture_class_init(operation_class);
  GEGL_OPERATION_FILTER_CLASS(klass)->process = process;

  gegl_operation_class_set_keys(
      operation_class, "name", "pentimento:dehaze", "title", _("Dehaze (Double-DIP)"), "categories",
      "enhance:restoration", "license", "GPL3+", "op-version", "1:0", "description",
      _("Take haze, mist or smoke out of a photograph: the picture is split into the clear scene, a map of how much of "
        "its light comes through, and the color of the haze. A picture without haze is left nearly as it is."),
      nullptr);
}

#endif
