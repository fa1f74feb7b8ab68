// SPDX-License-Identifier: GPL-3.0-or-later
// The layers of an image as frames of one sequence, for operations that take them one below the other in one picture.
// Main thread only.
#pragma once

#include <gegl.h>
#include <libgimp/gimp.h>

#include <string>
#include <vector>

#include "drawable_copy.h"
#include "handles.h"

namespace pentimento {

/// The visible, unlocked layers with pixels of their own outside of groups, from the lowest, in the image of `item`;
/// without `strokes`, which may be null.
std::vector<GimpLayer*> frames_beside(GimpItem* item, GimpLayer* strokes);

/// One sentence why `layers` cannot be the frames of a sequence that `item` belongs to, or "".
std::string frames_refusal(const std::vector<GimpLayer*>& layers, GimpItem* item);

/// Of frames that become masked: one sentence why they cannot, or "".
std::string masks_refusal(const std::vector<GimpLayer*>& layers);

class FrameStrip {
 public:
  /// `layers` were not refused.
  explicit FrameStrip(std::vector<GimpLayer*> layers);

  /// Copies the next rows out of GIMP; false when all were there already.
  bool read_some();

  const std::vector<GimpLayer*>& layers() const { return layers_; }
  /// The layers' pixels in their order, the first one on top; with alpha where one of them has it.
  GeglBuffer* buffer() const { return buffer_.get(); }

 private:
  const std::vector<GimpLayer*> layers_;  // owned by libgimp
  const Handle<GeglBuffer> buffer_;
  std::vector<DrawableCopy> copies_;
};

/// One frame of a strip of `frames`, at 0,0.
Handle<GeglBuffer> cut_frame(GeglBuffer* strip, int frames, int frame);

/// A strip that holds `picture` in each of `frames`.
Handle<GeglBuffer> repeat_frame(GeglBuffer* picture, int frames);

}  // namespace pentimento
