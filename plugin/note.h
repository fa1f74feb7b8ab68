// SPDX-License-Identifier: GPL-3.0-or-later
// The note that a shrunken image carries, as the operations' sidecar file has it: a line of text, then perhaps the
// details that make restoring lossless. GIMP's own format keeps it as parasites of the image and of its layer; others
// keep the line, as one of the image's comment. Main thread only.
#pragma once

#include <libgimp/gimp.h>

#include <string>

namespace pentimento {

/// What a sidecar file would hold for `image`; "" where it carries no note.
std::string read_note(GimpImage* image);

/// Instead of the note that `image` has, if any, it and its `layer` get what `sidecar` holds; "": no note.
void set_note(GimpImage* image, GimpLayer* layer, const std::string& sidecar);

}  // namespace pentimento
