// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "codes.h"

namespace pentimento {

// About how many bytes a PNG file of the picture has.
gsize png_size(const Codes& picture, bool grey, bool alpha);

}  // namespace pentimento
