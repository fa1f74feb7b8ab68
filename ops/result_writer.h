// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gegl-plugin.h>

#include <functional>

#include "pixels.h"

namespace pentimento {

// What the engine made of a picture.
struct Restored {
  const Pixels& pixels;  // R'G'B' in the space of the output
  const Pixels* before;  // what the engine was given; NULL where that is of another size
  GeglRectangle extent;  // where `pixels` lie
  // Turns the alpha of the picture at an area into the result's; empty: it stays.
  std::function<void(const GeglRectangle& area, float* alpha)> change_alpha;
};

// Writes it over `area` of `output`, which holds the picture as it was, in a format of lossless_format(). Samples stay
// untouched where the engine changed no bit of a pixel's colour and its alpha stays, and where the result's alpha is 0.
void write_over(const Restored& restored, GeglBuffer* output, const GeglRectangle& area);

}  // namespace pentimento
