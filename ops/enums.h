// SPDX-License-Identifier: GPL-3.0-or-later
// The enums of all properties. Registered here, once: a GType's name is global, and the enum_start() of gegl-op.h
// would register a shared one again in each operation.
#pragma once

#include <glib-object.h>

typedef enum { PENTIMENTO_QUALITY_FAST, PENTIMENTO_QUALITY_BALANCED, PENTIMENTO_QUALITY_BEST } PentimentoQuality;
typedef enum { PENTIMENTO_DEVICE_AUTO, PENTIMENTO_DEVICE_CPU, PENTIMENTO_DEVICE_CUDA } PentimentoDevice;
typedef enum {
  PENTIMENTO_HOLE_AUTO,
  PENTIMENTO_HOLE_TEXT_AND_SCRATCHES,
  PENTIMENTO_HOLE_REGION,
  PENTIMENTO_HOLE_RANDOM_PIXELS
} PentimentoHole;
typedef enum { PENTIMENTO_INPAINT_PICTURE, PENTIMENTO_INPAINT_MASK } PentimentoInpaintOutput;
typedef enum {
  PENTIMENTO_DEHAZE_PICTURE,
  PENTIMENTO_DEHAZE_TRANSMISSION,
  PENTIMENTO_DEHAZE_AIRLIGHT
} PentimentoDehazeOutput;
typedef enum {
  PENTIMENTO_SEPARATE_LAYER_1,
  PENTIMENTO_SEPARATE_LAYER_2,
  PENTIMENTO_SEPARATE_MASK
} PentimentoSeparateOutput;
typedef enum {
  PENTIMENTO_WATERMARK_PICTURE,
  PENTIMENTO_WATERMARK_WATERMARK,
  PENTIMENTO_WATERMARK_MASK
} PentimentoWatermarkOutput;
typedef enum {
  PENTIMENTO_SEGMENT_MASK,
  PENTIMENTO_SEGMENT_FOREGROUND,
  PENTIMENTO_SEGMENT_BACKGROUND
} PentimentoSegmentOutput;
typedef enum { PENTIMENTO_RESTORE_RAIN, PENTIMENTO_RESTORE_HAZE, PENTIMENTO_RESTORE_SHADOW } PentimentoRestoreTask;
typedef enum {
  PENTIMENTO_MADE_BY_ANYTHING,
  PENTIMENTO_MADE_BY_DENOISE,
  PENTIMENTO_MADE_BY_INPAINT,
  PENTIMENTO_MADE_BY_REMOVE_JPEG_ARTIFACTS,
  PENTIMENTO_MADE_BY_SUPER_RESOLUTION,
  PENTIMENTO_MADE_BY_ENHANCE_DETAIL,
  PENTIMENTO_MADE_BY_DEHAZE,
  PENTIMENTO_MADE_BY_RESCALE_UP,
  PENTIMENTO_MADE_BY_RESTORE_RAIN,
  PENTIMENTO_MADE_BY_RESTORE_HAZE,
  PENTIMENTO_MADE_BY_RESTORE_SHADOW
} PentimentoMadeBy;
typedef enum {
  PENTIMENTO_PROVENANCE_PICTURE,
  PENTIMENTO_PROVENANCE_LAYER,
  PENTIMENTO_PROVENANCE_SHARES
} PentimentoProvenanceOutput;
typedef enum { PENTIMENTO_SCALE_2 = 2, PENTIMENTO_SCALE_4 = 4 } PentimentoScale;

GType pentimento_quality_get_type();
GType pentimento_device_get_type();
GType pentimento_hole_get_type();
GType pentimento_inpaint_output_get_type();
GType pentimento_dehaze_output_get_type();
GType pentimento_separate_output_get_type();
GType pentimento_watermark_output_get_type();
GType pentimento_segment_output_get_type();
GType pentimento_restore_task_get_type();
GType pentimento_made_by_get_type();
GType pentimento_provenance_output_get_type();
GType pentimento_scale_get_type();

namespace pentimento {
// The nick of an enum's value, as the engine's options want it.
const char* nick(GType type, int value);
}  // namespace pentimento
