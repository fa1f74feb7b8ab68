// SPDX-License-Identifier: GPL-3.0-or-later
#include "result_view.h"

#include <glib/gi18n-lib.h>

#include <algorithm>
#include <utility>

#include "mask.h"
#include "overview.h"
#include "zoom_buttons.h"

namespace pentimento {
namespace {

constexpr int kWidth = 720, kHeight = 540;  // of the preview at first, for a picture of that shape
constexpr int kStripHeight = 110;

Side share(const Side& side) { return new_side(share(side.overview), side.pixels.get()); }

}  // namespace

ResultView::Overviews ResultView::render(const Target& target) {
  return {render_overview(target.pixels(), *gegl_buffer_get_extent(target.pixels())),
          target.selection() ? render_mask_overview(target.selection()) : nullptr};
}

ResultView::ResultView(const Filter& filter, const Target& target)
    : filter_(filter),
      target_(target),
      preview_(target.region().width, target.region().height, filter.finds_mask),
      box_(gtk_box_new(GTK_ORIENTATION_VERTICAL, 6)) {
  gtk_box_pack_start(GTK_BOX(box_), preview_.widget(), TRUE, TRUE, 0);
  if (filter.decomposition) {
    strip_.emplace(*filter.decomposition, target.width(), target.height(), [this] { look_at_part(); });
    gtk_box_pack_start(GTK_BOX(box_), strip_->widget(), FALSE, FALSE, 0);
  }
  gtk_box_pack_start(GTK_BOX(box_), new_zoom_buttons(preview_), FALSE, FALSE, 0);
  if (filter.destination == Destination::kAbove) preview_.set_names(_("Result"), _("What was invented"));

  // A window about the shape of the picture has no empty margins.
  const double width = target.region().width, height = target.region().height;
  const int room = kHeight - (strip_ ? kStripHeight : 0);
  const double zoom = std::min(kWidth / width, room / height);
  gtk_widget_set_size_request(preview_.widget(), std::clamp<int>(width * zoom, 400, kWidth),
                              std::clamp<int>(height * zoom, 400, room));
}

void ResultView::show_picture(Overviews overviews) {
  picture_ = std::move(overviews.pixels);
  preview_.set_before(new_side(pentimento::share(picture_), target_.pixels()));
  if (filter_.aux == Aux::kSelection)
    preview_.set_hole(new_side(std::move(overviews.selection), target_.selection()));
  else
    selection_ = std::move(overviews.selection);
}

void ResultView::expect(const Run& run, Destination destination, std::size_t part) {
  destination_ = destination;
  part_ = part;
  overlay_ = {};
  preview_.set_picture_size(run.width(), run.height());
  if (strip_ && destination != Destination::kGroup) strip_->choose(part);
  look_at_part();
}

void ResultView::show(std::vector<Handle<cairo_surface_t>> overviews, const std::vector<Handle<GeglBuffer>>& results) {
  const bool estimate = results.empty();
  if (estimate && !strip_ && destination_ == Destination::kSelection) return;
  const int frames = target_.frames();
  parts_.clear();
  for (std::size_t i = 0; i < overviews.size(); ++i) {
    Handle<GeglBuffer> frame;
    if (frames > 1 && !estimate) frame = cut_frame(results[i].get(), frames, target_.frame());
    parts_.push_back(new_side(std::move(overviews[i]), frame || estimate ? frame.get() : results[i].get()));
  }
  if (strip_) strip_->show(parts_);
  show_part();
}

void ResultView::show_found(GeglBuffer* result) {
  const Handle<GeglBuffer> mask = mask_of(result);
  preview_.set_found(new_side(render_mask_overview(mask.get()), mask.get()));
}

void ResultView::mark(const Outcome* invention) {
  overlay_ = invention ? new_side(pentimento::share(invention->overviews[0]), invention->results[0].get()) : Side{};
  if (destination_ == Destination::kAbove) {
    parts_.clear();
    parts_.push_back(new_side(pentimento::share(picture_), target_.pixels()));
  }
  look_at_part();
}

void ResultView::show_part() {
  if (!parts_.empty()) preview_.set_after(share(parts_[strip_ ? strip_->chosen() : 0]));
}

void ResultView::look_at_part() {
  const std::size_t part = strip_ ? strip_->chosen() : 0;
  // Only what will be written there is seen through the selection.
  const bool written = destination_ == Destination::kSelected || destination_ == Destination::kFilter;
  const bool masked = selection_ && written && part == part_;
  preview_.set_mask(masked ? new_side(pentimento::share(selection_), target_.selection()) : Side{});
  preview_.set_overlay(part == part_ ? share(overlay_) : Side{});
  if (strip_) preview_.set_names(_("Before"), _(filter_.decomposition->parts[part].name));
  show_part();
}

void ResultView::forget() {
  overlay_ = {};
  parts_.clear();
  if (strip_) strip_->show({});
  preview_.clear_after();
}

}  // namespace pentimento
