// SPDX-License-Identifier: GPL-3.0-or-later
// The parts of a decomposition as layers. Main thread only.
#pragma once

#include <gegl.h>
#include <libgimp/gimp.h>

#include <span>

#include "filters.h"
#include "handles.h"

namespace pentimento {

/// Puts a group above `layer`, which is hidden, as one undo step: the bottom part, and the top part with the mask as
/// its layer mask. The group is named after the layer and `title`, has the layer's mode, opacity and mask, and looks as
/// the layer did. `parts` are in the decomposition's order, as large as the layer.
void add_group(const Decomposition& decomposition, const char* title, GimpLayer* layer,
               std::span<const Handle<GeglBuffer>> parts);

/// Gives `layer`, which has none, the layer mask `mask` ("Y float").
void add_mask(GimpLayer* layer, GeglBuffer* mask);

}  // namespace pentimento
