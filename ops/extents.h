// SPDX-License-Identifier: GPL-3.0-or-later
// Where a whole-picture operation's pixels lie: any part of its output needs, and hangs on, all of its input.
#pragma once

#include <gegl-plugin.h>

namespace pentimento {

// Sets the functions that GEGL asks for extents. The output has the extent of `input`, whatever lies on `aux`; an
// operation of another extent sets its own get_bounding_box afterwards, and the others follow it.
void extents_class_init(GeglOperationClass* klass);

// The bounding box of `input`; empty where nothing is connected.
GeglRectangle input_extent(GeglOperation* operation);

// The bounding box of the output.
GeglRectangle output_extent(GeglOperation* operation);

// How much of the extent of `input` lies under what is connected to `aux`, whose buffer is `aux`: GEGL hands over none
// where the two do not even meet.
enum class Cover { kNone, kPart, kWhole };
Cover cover_of_aux(GeglOperation* operation, const GeglBuffer* aux);

// Neither empty nor infinite.
bool is_picture(const GeglRectangle& extent);

}  // namespace pentimento
