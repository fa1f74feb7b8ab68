// SPDX-License-Identifier: GPL-3.0-or-later
// The extents of operations that enlarge or shrink.
#pragma once

#include <gegl-plugin.h>

#include <string>

namespace pentimento {

// `extent` enlarged around the origin, as GEGL's own scaling does (or at a place far away that an int still holds).
// What is no picture, or would become too large, stays as large as it is.
GeglRectangle enlarged(const GeglRectangle& extent, int scale);

// Why `extent` cannot be enlarged so much, in one sentence; empty if it can.
std::string enlarging_refusal(const GeglRectangle& extent, int scale);

// `extent` shrunk likewise; a pixel that its last row or column fills only in part counts.
GeglRectangle shrunk(const GeglRectangle& extent, int scale);

}  // namespace pentimento
