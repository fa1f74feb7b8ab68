// SPDX-License-Identifier: GPL-3.0-or-later
// The picture and what has become of it: the preview, with the strip of a decomposition's parts and the zoom below it.
#pragma once

#include <gegl.h>
#include <gtk/gtk.h>

#include <optional>
#include <vector>

#include "filters.h"
#include "handles.h"
#include "parts_strip.h"
#include "preview.h"
#include "run.h"
#include "side.h"
#include "target.h"

namespace pentimento {

class ResultView {
 public:
  /// Of the picture and of the selection on it, which may be null.
  struct Overviews {
    Handle<cairo_surface_t> pixels, selection;
  };
  /// `target` is read. Safe on every thread.
  static Overviews render(const Target& target);

  ResultView(const Filter& filter, const Target& target);
  ResultView(const ResultView&) = delete;
  GtkWidget* widget() const { return box_; }
  void grab_focus() { gtk_widget_grab_focus(preview_.widget()); }

  void show_picture(Overviews overviews);
  /// What `run` will give goes to `destination`, of several parts `part`.
  void expect(const Run& run, Destination destination, std::size_t part);
  /// As far as they are an estimate there are no results.
  void show(std::vector<Handle<cairo_surface_t>> overviews, const std::vector<Handle<GeglBuffer>>& results);
  /// The result is a mask, and shown over the picture.
  void show_found(GeglBuffer* result);
  /// The first result of `invention` over that part, or, of a filter that makes nothing else, over the picture; null:
  /// no longer.
  void mark(const Outcome* invention);
  void forget();

 private:
  void show_part();
  void look_at_part();

  const Filter& filter_;
  const Target& target_;
  Preview preview_;
  std::optional<PartsStrip> strip_;  // for a decomposition
  GtkWidget* box_;
  Handle<cairo_surface_t> picture_, selection_;  // as overviews
  Destination destination_{};
  std::size_t part_ = 0;     // the part that goes there
  std::vector<Side> parts_;  // of the result so far: all parts, or the one
  Side overlay_;
};

}  // namespace pentimento
