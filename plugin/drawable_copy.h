// SPDX-License-Identifier: GPL-3.0-or-later
// A part of a drawable, copied out of GIMP band by band, so that the main loop stays alive. Main thread only.
#pragma once

#include <gegl.h>
#include <libgimp/gimp.h>

#include <optional>

#include "handles.h"

namespace pentimento {

class DrawableCopy {
 public:
  /// `part` is in the drawable's coordinates; outside of the drawable the copy stays empty.
  DrawableCopy(GimpDrawable* drawable, const GeglRectangle& part, const Babl* format);
  /// Into a buffer that is there already, its first row at 0,y.
  DrawableCopy(GimpDrawable* drawable, const GeglRectangle& part, Handle<GeglBuffer> buffer, int y);

  /// Copies the next rows (a few milliseconds' worth) and returns where they are in buffer(); nothing when all are
  /// there.
  std::optional<GeglRectangle> read_some();

  /// `part`, moved to 0,0.
  GeglBuffer* buffer() const { return buffer_.get(); }

 private:
  GimpDrawable* drawable_;  // owned by libgimp
  const GeglRectangle part_;
  Handle<GeglBuffer> buffer_;
  const int y_ = 0;
  int rows_ = 0;  // read so far
};

}  // namespace pentimento
