// SPDX-License-Identifier: GPL-3.0-or-later
// The drawable that a filter works on: whether it can, and its pixels out of GIMP; delivery.h has the way back.
// Main thread only, as everything that talks to GIMP.
#pragma once

#include <gegl.h>
#include <libgimp/gimp.h>

#include <optional>
#include <string>
#include <vector>

#include "drawable_copy.h"
#include "filters.h"
#include "frame_strip.h"
#include "handles.h"

namespace pentimento {

class Target {
 public:
  /// One sentence for the user why `drawables` (null-terminated, or null) cannot be filtered, or "".
  static std::string refusal(const Filter& filter, GimpDrawable** drawables);

  /// `drawable` was not refused.
  Target(const Filter& filter, GimpDrawable* drawable);

  /// Copies the next rows out of GIMP (a few milliseconds' worth); false when all were there already.
  bool read_some();
  /// Once everything is read: why these pixels cannot be filtered, whatever the settings, or "".
  std::string content_refusal() const;

  /// Then, before a run: takes its settings, among them the second layer and the frames, which read_some() reads next;
  /// one sentence where there can be no run with them, or "".
  std::string prepare(GimpProcedureConfig* config);

  GimpDrawable* drawable() const { return drawable_; }
  /// The drawable's, as they were when the filter was called.
  int width() const { return width_; }
  int height() const { return height_; }

  /// The part of the drawable to be filtered, in its coordinates. Where the result is seen through the selection: its
  /// bounding box and some surroundings, so that a small selection in a large picture is quick; else everything.
  const GeglRectangle& region() const { return region_; }

  /// That part in the drawable's format, moved to 0,0.
  GeglBuffer* pixels() const { return pixels_.buffer(); }

  /// What the operation gets: these pixels, or all frames one below the other.
  GeglBuffer* input() const { return strip_ ? strip_->buffer() : pixels(); }

  /// The layers that input() holds where it is the frames of a sequence, else none.
  std::vector<GimpLayer*> frame_layers() const { return strip_ ? strip_->layers() : std::vector<GimpLayer*>(); }
  int frames() const { return strip_ ? static_cast<int>(strip_->layers().size()) : 1; }
  /// Which of them is the drawable.
  int frame() const;

  /// The selection on them, as it was when the filter was called; null without a selection, or where none counts.
  GeglBuffer* selection() const { return selection_ ? selection_->buffer() : nullptr; }

  /// That of the image, for Note::kRead; "" where there is none.
  const std::string& note() const { return note_; }

  /// The operation's second picture, like input(); null where there is none.
  GeglBuffer* aux() const;

 private:
  void note_opacity(const GeglRectangle& band);
  void note_selection(const GeglRectangle& band);
  std::string destination_refusal(GimpProcedureConfig* config) const;
  std::string mask_refusal(GimpProcedureConfig* config) const;
  std::string choose_layer(GimpLayer* layer);

  const Filter& filter_;
  GimpDrawable* drawable_;  // owned by libgimp
  const int width_, height_;
  const GeglRectangle region_;
  const std::string note_;
  DrawableCopy pixels_;
  std::optional<DrawableCopy> selection_, layer_;
  std::optional<FrameStrip> strip_;
  Handle<GeglBuffer> repeated_selection_;  // on each frame of the strip
  bool opaque_, transparent_ = false;      // something of that kind was found
  bool unselected_ = false;                // something is not selected, or not entirely
};

}  // namespace pentimento
