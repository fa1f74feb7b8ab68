// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gi18n-lib.h>

#include <cmath>
#include <string>

#include "enums.h"

#ifdef GEGL_PROPERTIES

// clang-format off

property_int(scale, _("Factor"), 2)
  description(_("How many times wider and higher the picture becomes"))
  value_range(2, 8)

// clang-format on

#include "shared_properties.h"

#else

#include "whole_picture.h"

#define GEGL_OP_FILTER
#define GEGL_OP_NAME pentimento_super_resolution
#define GEGL_OP_C_SOURCE super_resolution.cc
#include <gegl-op.h>

#include "shared_options.h"

static const double kMostMegapixels = 400;

static double megapixels(const GeglRectangle& extent, int scale) {
  return 1e-6 * extent.width * scale * extent.height * scale;
}

// As GEGL's own scaling does, around the origin (or a place far away that an int still holds). What would become too
// large stays as large as it is.
static GeglRectangle get_bounding_box(GeglOperation* operation) {
  const int scale = GEGL_PROPERTIES(operation)->scale;
  const GeglRectangle extent = pentimento::input_extent(operation);
  if (!pentimento::is_picture(extent) || megapixels(extent, scale) > kMostMegapixels) return extent;
  const auto moved = [scale](gint64 v) { return static_cast<int>(CLAMP(v * scale, -G_MAXINT / 4, G_MAXINT / 4)); };
  return {moved(extent.x), moved(extent.y), extent.width * scale, extent.height * scale};
}

static std::string refusal(const GeglRectangle& extent, int scale) {
  if (megapixels(extent, scale) <= kMostMegapixels) return "";
  g_autofree gchar* sentence = g_strdup_printf(
      _("Enlarged %d times the picture would have %.0f megapixels, and %.0f are the most: please choose a smaller "
        "factor, or a part of the picture."),
      scale, std::ceil(megapixels(extent, scale)), kMostMegapixels);
  return sentence;
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
      .refusal = refusal(pentimento::input_extent(operation), o->scale)};
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
