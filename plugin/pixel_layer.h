// SPDX-License-Identifier: GPL-3.0-or-later
// New layers of pixels that were computed here. Main thread only.
#pragma once

#include <gegl.h>
#include <libgimp/gimp.h>

namespace pentimento {

/// A layer, not yet in the image of `like`, that holds `pixels`: x,y away from where `like` begins, blended as the
/// engine blends.
GimpLayer* new_pixel_layer(GimpLayer* like, const char* name, GeglBuffer* pixels, GimpImageType type, int x, int y);

/// Replaces the pixels of `drawable`, from 0,0.
void set_pixels(GimpDrawable* drawable, GeglBuffer* pixels);

/// Puts `layer` right above `other`, in the same group.
void insert_above(GimpLayer* layer, GimpLayer* other);

}  // namespace pentimento
