// SPDX-License-Identifier: GPL-3.0-or-later
// What an image-wide filter works on: all that is seen of an image, as one layer. Main thread only.
#pragma once

#include <libgimp/gimp.h>

namespace pentimento {

class VisiblePicture {
 public:
  explicit VisiblePicture(GimpImage* image);
  ~VisiblePicture();
  VisiblePicture(const VisiblePicture&) = delete;

  /// The image's only layer where that is all; else one of a copy of the image, on top of the copies of its layers.
  /// Where there is nothing to see through it has no alpha.
  GimpDrawable* layer() const { return GIMP_DRAWABLE(layer_); }

 private:
  GimpImage* copy_ = nullptr;
  GimpLayer* layer_;  // owned by libgimp
};

}  // namespace pentimento
