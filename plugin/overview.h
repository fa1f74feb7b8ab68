// SPDX-License-Identifier: GPL-3.0-or-later
// Pixels of any format as cairo surfaces, in sRGB (ARGB32, premultiplied) where not said otherwise. Safe on every
// thread.
#pragma once

#include <gegl.h>

#include "handles.h"

namespace pentimento {

/// The part `area` of `buffer`, pixel for pixel.
Handle<cairo_surface_t> render_area(GeglBuffer* buffer, const GeglRectangle& area);

/// Likewise, of a mask ("Y u8"; A8).
Handle<cairo_surface_t> render_mask_area(GeglBuffer* mask, const GeglRectangle& area);

/// The part `area` of `buffer`, reduced to at most about 1.5 megapixels, the size of an operation's estimates.
Handle<cairo_surface_t> render_overview(GeglBuffer* buffer, const GeglRectangle& area);

/// A whole mask likewise.
Handle<cairo_surface_t> render_mask_overview(GeglBuffer* mask);

}  // namespace pentimento
