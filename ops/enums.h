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

GType pentimento_quality_get_type();
GType pentimento_device_get_type();
GType pentimento_hole_get_type();
GType pentimento_inpaint_output_get_type();

namespace pentimento {
// The nick of an enum's value, as the engine's options want it.
const char* nick(GType type, int value);
}  // namespace pentimento
