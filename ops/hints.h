// SPDX-License-Identifier: GPL-3.0-or-later
// What a user has painted for the engine, as one channel.
#pragma once

#include <gegl-plugin.h>

#include "pixels.h"

namespace pentimento {

// How far a pixel of `hint` is marked, 0..1: the numbers as they are stored, times their alpha. What lies beyond it is
// not marked.
Pixels fetch_mask(GeglBuffer* hint, const GeglRectangle& extent);

// Strokes on a transparent (or grey) layer: 1 where nearly white, foreground; 0 where nearly black, background; 0.5
// where there is no stroke.
Pixels fetch_strokes(GeglBuffer* strokes, const GeglRectangle& extent);

}  // namespace pentimento
