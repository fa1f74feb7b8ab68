// SPDX-License-Identifier: GPL-3.0-or-later
// The drawable that a filter works on: whether it can, its pixels out of GIMP and the result back in.
// Main thread only, as everything that talks to GIMP.
#pragma once

#include <gegl.h>
#include <libgimp/gimp.h>

#include <string>

#include "handles.h"

namespace pentimento {

class Target {
 public:
  /// One sentence for the user why `drawables` (null-terminated, or null) cannot be filtered, or "".
  static std::string refusal(GimpDrawable** drawables);

  /// `drawable` was not refused.
  explicit Target(GimpDrawable* drawable);

  /// Copies the next rows out of GIMP (a few milliseconds' worth); false when all were there already.
  bool read_some();
  /// Read so far, from 0 to 1.
  double read_fraction() const { return static_cast<double>(rows_) / region_.height; }
  /// Once everything is read: why these pixels cannot be filtered, or "".
  std::string content_refusal() const;

  /// The part of the drawable to be filtered, moved to 0,0, in the drawable's format: with a selection its bounding box
  /// and some surroundings, so that a small selection in a large picture is quick.
  GeglBuffer* pixels() const { return pixels_.get(); }

  /// The selection on them, as it was when the filter was called; null without a selection.
  GeglBuffer* selection() const { return selection_.get(); }

  /// Merges `result` (as pixels()) through the selection as one undo step; one sentence on failure, or "".
  std::string apply(GeglBuffer* result);

 private:
  void read_selection(const GeglRectangle& band);
  void note_opacity(const GeglRectangle& band);

  GimpDrawable* drawable_;  // owned by libgimp
  const int width_, height_;
  GeglRectangle region_;  // in the drawable's coordinates
  Handle<GeglBuffer> pixels_, selection_;
  int rows_ = 0;  // read so far
  bool opaque_;   // something opaque was found
};

}  // namespace pentimento
