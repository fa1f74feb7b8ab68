// SPDX-License-Identifier: GPL-3.0-or-later
// A picture in 8 bits, as a file of it holds it.
#pragma once

#include <gegl-plugin.h>

#include <vector>

#include "pixels.h"

namespace pentimento {

// R'G'B'A, four samples a pixel; alpha is 255 where the picture has none.
struct Codes {
  int width, height;
  std::vector<guint8> samples;

  gsize pixels() const { return gsize(width) * height; }
};

// What is in `buffer`, in `space`. Throws std::bad_alloc.
Codes fetch_codes(GeglBuffer* buffer, const GeglRectangle& extent, const Babl* space);

// Writes them over the extent of which they are.
void write_codes(const Codes& codes, GeglBuffer* output, const GeglRectangle& extent);

// The colours as R'G'B' in 0..1. Throws std::bad_alloc.
Pixels colors_of(const Codes& codes);

// Moves each sample in 0..1 to the nearest one that 8 bits hold; in grey pictures that is a grey.
void round_to_codes(GeglBuffer* buffer, const GeglRectangle& extent);

// Gives the pixels that alpha hides the colours of the nearest one in their row that it does not hide, or of a row
// nearby, so that a network does not smear colours that nobody sees into those that are seen.
void fill_hidden(Pixels* colors, const Codes& codes);

}  // namespace pentimento
