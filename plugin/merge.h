// SPDX-License-Identifier: GPL-3.0-or-later
// Pixels into a drawable, or into the selection, as one undo step. Each function returns one sentence on failure, or
// "".
#pragma once

#include <gegl.h>
#include <libgimp/gimp.h>

#include <string>

namespace pentimento {

/// Writes `result`, which stands at `region` of the drawable, through the selection of this moment. What is not
/// selected stays the same bit for bit.
std::string merge_through_selection(GimpDrawable* drawable, GeglBuffer* result, const GeglRectangle& region);

/// Writes the pixels in which `result` differs from `before`, what was read of the drawable, all of it. The others stay
/// the same bit for bit, whatever has become of them since, and so does the selection.
std::string merge_differences(GimpDrawable* drawable, GeglBuffer* before, GeglBuffer* result);

/// Makes `mask` ("Y float", as large as the drawable) the selection.
std::string select_mask(GimpDrawable* drawable, GeglBuffer* mask);

}  // namespace pentimento
