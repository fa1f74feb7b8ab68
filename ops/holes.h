// SPDX-License-Identifier: GPL-3.0-or-later
// What of a picture is to be filled: what the mask on `aux` covers, or else what is transparent.
#pragma once

#include <gegl-plugin.h>

#include <optional>

#include "pixels.h"

namespace pentimento {

class Holes {
 public:
  // No mask: the transparent pixels are the holes. Keeps a reference to neither.
  Holes(GeglBuffer* input, GeglBuffer* mask) : input_(input), mask_(mask) {}

  // For the engine, at `extent`: 0 where the picture's colour counts alone, 1 where it counts for nothing.
  // Nothing where there is no mask and no transparent pixel.
  std::optional<Pixels> fetch(const GeglRectangle& extent) const;

  // Turns `alpha` of the pixels of `area` into what it is once the holes are filled.
  void fill_alpha(const GeglRectangle& area, float* alpha) const;

 private:
  void get_alpha(const GeglRectangle& area, float* alpha) const;
  void get_cover(const GeglRectangle& area, float* cover) const;

  GeglBuffer* input_;
  GeglBuffer* mask_;
};

}  // namespace pentimento
