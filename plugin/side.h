// SPDX-License-Identifier: GPL-3.0-or-later
// One of the pictures that the preview puts together: as an overview, and pixel for pixel where its pixels are known.
#pragma once

#include <gegl.h>

#include "handles.h"
#include "viewport.h"

namespace pentimento {

struct Side {
  Handle<cairo_surface_t> overview{};  // null: there is no such picture
  Handle<GeglBuffer> pixels{};         // what is shown at actual size
  Handle<cairo_surface_t> drawn{};     // what the widget shows of it; null when that is out of date
};

Side new_side(Handle<cairo_surface_t> overview, GeglBuffer* pixels);

/// Transparent, as large as what `view` shows.
Handle<cairo_surface_t> new_canvas(const Viewport& view);

/// What `view` shows of `side`. A smaller picture is enlarged as GIMP would do it.
Handle<cairo_surface_t> draw_side(const Side& side, const Viewport& view);

}  // namespace pentimento
