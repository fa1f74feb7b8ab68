// SPDX-License-Identifier: GPL-3.0-or-later
// What was invented, as a layer over the result. Main thread only.
#pragma once

#include <gegl.h>
#include <libgimp/gimp.h>

namespace pentimento {

/// Puts `overlay` ("R'G'B'A u8") right above `layer`, x,y away from where that begins. `selected`: only what is
/// selected of it, as nothing was changed elsewhere; `overlay` is changed for that.
void add_overlay(GimpLayer* layer, GeglBuffer* overlay, int x, int y, bool selected);

}  // namespace pentimento
