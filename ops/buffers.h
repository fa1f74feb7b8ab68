// SPDX-License-Identifier: GPL-3.0-or-later
// Pixels from GEGL's buffers and back.
#pragma once

#include <gegl-plugin.h>

#include <algorithm>

#include "pixels.h"

namespace pentimento {

// Calls transfer(GeglRectangle) for bands of whole rows, of up to `bytes` at 16 bytes a pixel. GEGL up to 0.4.68 counts
// the bytes of one get or set in an int, so large pictures must go in bands.
template <class Transfer>
void in_bands(const GeglRectangle& area, Transfer transfer, int bytes = 64 << 20) {
  const int rows = static_cast<int>(std::max<gint64>(1, bytes / (gint64{16} * area.width)));
  for (int y = 0; y < area.height; y += rows)
    transfer(GeglRectangle{area.x, area.y + y, area.width, std::min(rows, area.height - y)});
}

// The model of `source` (NULL: R'G'B'A) in `space`, with samples so wide that each of the input's survives: what an
// operation leaves alone then goes through it bit for bit, also where light is linear or alpha associated.
const Babl* lossless_format(const Babl* source, const Babl* space);

// The colours of `buffer` as R'G'B' in `space`.
Pixels fetch_picture(GeglBuffer* buffer, const GeglRectangle& extent, const Babl* space);

bool has_opaque_pixel(GeglBuffer* buffer, const GeglRectangle& extent);

// Fills `area` of `output` with `input`. Enlarges by linear interpolation where `magnification` is above 1; shrinks by
// the means of boxes where it is below, colours weighted by alpha.
void copy_through(GeglBuffer* input, const GeglRectangle& from, GeglBuffer* output, const GeglRectangle& to,
                  const GeglRectangle& area, double magnification);

}  // namespace pentimento
