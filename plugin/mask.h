// SPDX-License-Identifier: GPL-3.0-or-later
// Masks by their numbers: 0.5 is half, whatever curve GIMP stores a selection, a channel or a layer mask with.
#pragma once

#include <gegl.h>
#include <libgimp/gimp.h>

#include "handles.h"

namespace pentimento {

/// A mask as the operations give it, a grey picture, as "Y float"; 0 where nothing can be seen.
Handle<GeglBuffer> mask_of(GeglBuffer* result);

/// Writes it into a channel or a layer mask, from x,y. Main thread only.
void write_mask(GeglBuffer* mask, GimpDrawable* to, int x, int y);

}  // namespace pentimento
