// SPDX-License-Identifier: GPL-3.0-or-later
#include "enums.h"

#include <glib/gi18n-lib.h>

// GEGL and GIMP show value_name: it is the translated label.
GType pentimento_quality_get_type() {
  static const GEnumValue values[] = {{PENTIMENTO_QUALITY_FAST, _("Fast"), "fast"},
                                      {PENTIMENTO_QUALITY_BALANCED, _("Balanced"), "balanced"},
                                      {PENTIMENTO_QUALITY_BEST, _("Best"), "best"},
                                      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("PentimentoQuality", values);
  return type;
}

GType pentimento_device_get_type() {
  static const GEnumValue values[] = {{PENTIMENTO_DEVICE_AUTO, _("Automatic"), "auto"},
                                      {PENTIMENTO_DEVICE_CPU, _("Processor (CPU)"), "cpu"},
                                      {PENTIMENTO_DEVICE_CUDA, _("NVIDIA graphics card (CUDA)"), "cuda"},
                                      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("PentimentoDevice", values);
  return type;
}

GType pentimento_hole_get_type() {
  static const GEnumValue values[] = {
      {PENTIMENTO_HOLE_AUTO, _("Automatic"), "auto"},
      {PENTIMENTO_HOLE_TEXT_AND_SCRATCHES, _("Text and scratches"), "text-and-scratches"},
      {PENTIMENTO_HOLE_REGION, _("Region"), "region"},
      {PENTIMENTO_HOLE_RANDOM_PIXELS, _("Random pixels"), "random-pixels"},
      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("PentimentoHole", values);
  return type;
}

GType pentimento_inpaint_output_get_type() {
  static const GEnumValue values[] = {{PENTIMENTO_INPAINT_PICTURE, _("The filled picture"), "picture"},
                                      {PENTIMENTO_INPAINT_MASK, _("The mask of what is filled"), "mask"},
                                      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("PentimentoInpaintOutput", values);
  return type;
}

GType pentimento_dehaze_output_get_type() {
  static const GEnumValue values[] = {{PENTIMENTO_DEHAZE_PICTURE, _("The clear picture"), "picture"},
                                      {PENTIMENTO_DEHAZE_TRANSMISSION, _("The transmission map"), "transmission"},
                                      {PENTIMENTO_DEHAZE_AIRLIGHT, _("The airlight"), "airlight"},
                                      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("PentimentoDehazeOutput", values);
  return type;
}

GType pentimento_separate_output_get_type() {
  static const GEnumValue values[] = {{PENTIMENTO_SEPARATE_LAYER_1, _("The sharper layer"), "layer-1"},
                                      {PENTIMENTO_SEPARATE_LAYER_2, _("The other layer"), "layer-2"},
                                      {PENTIMENTO_SEPARATE_MASK, _("The mask of the sharper layer"), "mask"},
                                      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("PentimentoSeparateOutput", values);
  return type;
}

GType pentimento_watermark_output_get_type() {
  static const GEnumValue values[] = {{PENTIMENTO_WATERMARK_PICTURE, _("The clean picture"), "picture"},
                                      {PENTIMENTO_WATERMARK_WATERMARK, _("The watermark"), "watermark"},
                                      {PENTIMENTO_WATERMARK_MASK, _("The opacity of the watermark"), "mask"},
                                      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("PentimentoWatermarkOutput", values);
  return type;
}

GType pentimento_segment_output_get_type() {
  static const GEnumValue values[] = {{PENTIMENTO_SEGMENT_MASK, _("The mask of the foreground"), "mask"},
                                      {PENTIMENTO_SEGMENT_FOREGROUND, _("The foreground"), "foreground"},
                                      {PENTIMENTO_SEGMENT_BACKGROUND, _("The background, completed"), "background"},
                                      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("PentimentoSegmentOutput", values);
  return type;
}

GType pentimento_restore_task_get_type() {
  static const GEnumValue values[] = {{PENTIMENTO_RESTORE_RAIN, _("Rain"), "rain"},
                                      {PENTIMENTO_RESTORE_HAZE, _("Haze"), "haze"},
                                      {PENTIMENTO_RESTORE_SHADOW, _("Shadow"), "shadow"},
                                      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("PentimentoRestoreTask", values);
  return type;
}

GType pentimento_made_by_get_type() {
  static const GEnumValue values[] = {
      {PENTIMENTO_MADE_BY_ANYTHING, _("Anything"), "anything"},
      {PENTIMENTO_MADE_BY_DENOISE, _("Denoise"), "denoise"},
      {PENTIMENTO_MADE_BY_INPAINT, _("Inpaint"), "inpaint"},
      {PENTIMENTO_MADE_BY_REMOVE_JPEG_ARTIFACTS, _("Remove JPEG artifacts"), "remove-jpeg-artifacts"},
      {PENTIMENTO_MADE_BY_SUPER_RESOLUTION, _("Super-resolution"), "super-resolution"},
      {PENTIMENTO_MADE_BY_ENHANCE_DETAIL, _("Enhance detail"), "enhance-detail"},
      {PENTIMENTO_MADE_BY_DEHAZE, _("Dehaze"), "dehaze"},
      {PENTIMENTO_MADE_BY_RESCALE_UP, _("Restore a shrunken picture"), "rescale-up"},
      {PENTIMENTO_MADE_BY_RESTORE_RAIN, _("Restore: rain"), "restore-rain"},
      {PENTIMENTO_MADE_BY_RESTORE_HAZE, _("Restore: haze"), "restore-haze"},
      {PENTIMENTO_MADE_BY_RESTORE_SHADOW, _("Restore: shadow"), "restore-shadow"},
      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("PentimentoMadeBy", values);
  return type;
}

GType pentimento_provenance_output_get_type() {
  static const GEnumValue values[] = {
      {PENTIMENTO_PROVENANCE_PICTURE, _("The picture, marked"), "picture"},
      {PENTIMENTO_PROVENANCE_LAYER, _("The marks alone"), "layer"},
      {PENTIMENTO_PROVENANCE_SHARES, _("The shares retained, extracted, invented"), "shares"},
      {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("PentimentoProvenanceOutput", values);
  return type;
}

GType pentimento_scale_get_type() {
  static const GEnumValue values[] = {
      {PENTIMENTO_SCALE_2, _("2 times"), "2"}, {PENTIMENTO_SCALE_4, _("4 times"), "4"}, {0, nullptr, nullptr}};
  static const GType type = g_enum_register_static("PentimentoScale", values);
  return type;
}

namespace pentimento {

const char* nick(GType type, int value) {
  // The class is never freed: the property specifications hold it.
  auto* enum_class = static_cast<GEnumClass*>(g_type_class_peek(type));
  const GEnumValue* found = enum_class ? g_enum_get_value(enum_class, value) : nullptr;
  return found ? found->value_nick : "";
}

}  // namespace pentimento
