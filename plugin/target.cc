// SPDX-License-Identifier: GPL-3.0-or-later
#include "target.h"

#include <glib/gi18n-lib.h>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "arguments.h"
#include "layer_filter.h"
#include "note.h"
#include "refusals.h"

namespace pentimento {
namespace {

constexpr int kSurroundings = 64;  // pixels of context on each side of a selection

bool selection_counts(const Filter& filter, GimpDrawable* drawable) {
  return filter.destination != Destination::kImage && filter.destination != Destination::kAbove &&
         !gimp_selection_is_empty(gimp_item_get_image(GIMP_ITEM(drawable)));
}

GeglRectangle whole(GimpDrawable* drawable) {
  return {0, 0, gimp_drawable_get_width(drawable), gimp_drawable_get_height(drawable)};
}

GeglRectangle region_of(const Filter& filter, GimpDrawable* drawable) {
  const GeglRectangle all = whole(drawable);
  if (filter.destination != Destination::kSelected || filter.decomposition) return all;
  GeglRectangle box, region;
  gimp_drawable_mask_intersect(drawable, &box.x, &box.y, &box.width, &box.height);
  box = {box.x - kSurroundings, box.y - kSurroundings, box.width + 2 * kSurroundings, box.height + 2 * kSurroundings};
  gegl_rectangle_intersect(&region, &box, &all);
  return region;
}

/// Where `part` of `drawable` lies on the canvas.
GeglRectangle on_canvas(GimpDrawable* drawable, const GeglRectangle& part) {
  int x, y;
  gimp_drawable_get_offsets(drawable, &x, &y);
  return {part.x + x, part.y + y, part.width, part.height};
}

/// The values of one component, `encoding`, in `band` of `buffer`.
std::vector<float> component(GeglBuffer* buffer, const GeglRectangle& band, const char* encoding) {
  std::vector<float> values(static_cast<std::size_t>(band.width) * band.height);
  gegl_buffer_get(buffer, &band, 1.0, babl_format(encoding), values.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  return values;
}

/// Why nothing can be written into what is selected of `drawable`, or "".
std::string writing_refusal(GimpDrawable* drawable) {
  if (is_locked(GIMP_ITEM(drawable))) return locked_sentence();
  int x, y, width, height;
  return gimp_drawable_mask_intersect(drawable, &x, &y, &width, &height) ? "" : selection_sentence();
}

/// By a whole factor that pentimento:provenance takes, rounded up.
bool is_shrunken(const GeglRectangle& small, const GeglRectangle& large) {
  for (int factor = 2; factor <= 8; ++factor)
    if (small.width == (large.width + factor - 1) / factor && small.height == (large.height + factor - 1) / factor)
      return true;
  return false;
}

Handle<GimpLayer> chosen_layer(GimpProcedureConfig* config, const char* argument) {
  GimpLayer* layer = nullptr;
  g_object_get(config, argument, &layer, nullptr);
  Handle<GimpLayer> owner(layer);
  return layer && gimp_item_is_valid(GIMP_ITEM(layer)) ? std::move(owner) : nullptr;
}

}  // namespace

std::string Target::refusal(const Filter& filter, GimpDrawable** drawables) {
  if (gimp_core_object_array_get_length(reinterpret_cast<GObject**>(drawables)) != 1)
    return _("Select exactly one layer, mask or channel: this filter works on one at a time.");

  GimpItem* item = GIMP_ITEM(drawables[0]);
  if (std::string sentence = pixels_refusal(item); !sentence.empty()) return sentence;
  if (filter.destination == Destination::kImage)
    return gimp_item_is_layer(item) ? "" : _("This filter makes a new image of a layer. Select a layer.");
  if (filter.destination == Destination::kAbove)
    return gimp_item_is_layer(item) ? "" : _("This filter makes a new layer above another one. Select a layer.");
  // Where a decomposition goes is known with the settings.
  return filter.decomposition ? "" : writing_refusal(drawables[0]);
}

Target::Target(const Filter& filter, GimpDrawable* drawable)
    : filter_(filter),
      drawable_(drawable),
      width_(gimp_drawable_get_width(drawable)),
      height_(gimp_drawable_get_height(drawable)),
      region_(region_of(filter, drawable)),
      note_(filter.note == Note::kRead ? read_note(gimp_item_get_image(GIMP_ITEM(drawable))) : ""),
      pixels_(drawable, region_, gimp_drawable_get_format(drawable)),
      opaque_(!gimp_drawable_has_alpha(drawable)) {
  if (!selection_counts(filter, drawable)) return;
  GimpSelection* selection = gimp_image_get_selection(gimp_item_get_image(GIMP_ITEM(drawable)));
  selection_.emplace(GIMP_DRAWABLE(selection), on_canvas(drawable, region_), babl_format("Y u8"));
}

bool Target::read_some() {
  if (const auto band = pixels_.read_some()) {
    note_opacity(*band);
    return true;
  }
  if (const auto band = selection_ ? selection_->read_some() : std::nullopt) {
    note_selection(*band);
    return true;
  }
  return (layer_ && layer_->read_some()) || (strip_ && strip_->read_some());
}

void Target::note_opacity(const GeglRectangle& band) {
  if (!gimp_drawable_has_alpha(drawable_)) return;
  for (const float alpha : component(pixels(), band, "A float")) {
    opaque_ |= alpha > 0;
    transparent_ |= alpha < 1;
  }
}

void Target::note_selection(const GeglRectangle& band) {
  const auto selected = component(selection(), band, "Y float");
  unselected_ |= std::any_of(selected.begin(), selected.end(), [](float s) { return s < 1; });
}

std::string Target::content_refusal() const {
  return opaque_ ? "" : _("The layer is fully transparent here: there is nothing to restore.");
}

std::string Target::prepare(GimpProcedureConfig* config) {
  layer_.reset();
  strip_.reset();
  repeated_selection_.reset();
  const Handle<GimpLayer> layer = filter_.aux == Aux::kLayer ? chosen_layer(config, filter_.layer.name) : nullptr;
  if (filter_.aux == Aux::kLayer)
    if (std::string sentence = choose_layer(layer.get()); !sentence.empty()) return sentence;
  const Destination to = destination(filter_, config);
  if (to == Destination::kFrames || to == Destination::kFrameMasks) {
    std::vector<GimpLayer*> layers = frames_beside(GIMP_ITEM(drawable_), layer.get());
    std::string sentence = frames_refusal(layers, GIMP_ITEM(drawable_));
    if (sentence.empty() && to == Destination::kFrameMasks) sentence = masks_refusal(layers);
    if (!sentence.empty()) return sentence;
    strip_.emplace(std::move(layers));
    if (selection()) repeated_selection_ = repeat_frame(selection(), frames());
  } else if (std::string sentence = destination_refusal(config); !sentence.empty()) {
    return sentence;
  }
  return filter_.aux == Aux::kSelection ? mask_refusal(config) : "";
}

std::string Target::destination_refusal(GimpProcedureConfig* config) const {
  const Destination to = destination(filter_, config);
  if (to == Destination::kGroup)
    return GIMP_IS_LAYER(drawable_) ? "" : _("Only a layer can become a group of layers. Select a layer.");
  if (to == Destination::kFilter) return keeping_refusal(filter_, drawable_, config);
  const bool written = to == Destination::kSelected || to == Destination::kLayer;
  return filter_.decomposition && written ? writing_refusal(drawable_) : "";
}

std::string Target::mask_refusal(GimpProcedureConfig* config) const {
  if (!filter_.finds_mask) return selection_ || strip_ ? "" : _(filter_.missing);
  gboolean finds_mask = FALSE;
  g_object_get(config, filter_.finds_mask, &finds_mask, nullptr);
  if (!finds_mask && !selection_ && !transparent_) return _(filter_.missing);
  if (!finds_mask && selection_ && !unselected_)
    return _("Everything is selected, and nothing is left to fill it from. Select only what is to be filled.");
  if (transparent_ && GIMP_IS_LAYER(drawable_) && gimp_layer_get_lock_alpha(GIMP_LAYER(drawable_)))
    return _("The transparency of this layer is locked. Unlock it in the Layers dialog first.");
  return "";
}

std::string Target::choose_layer(GimpLayer* layer) {
  if (!layer) return filter_.missing ? _(filter_.missing) : "";
  GimpDrawable* other = GIMP_DRAWABLE(layer);
  const bool strokes = filter_.layer.strokes;
  if (other == drawable_)
    return strokes
               ? _("The strokes must be on a layer of their own. Select the picture's layer, and choose another one "
                   "for the strokes.")
               : _("The layer cannot be its own second picture. Choose another layer.");

  GeglRectangle part = on_canvas(drawable_, region_);
  const GeglRectangle extent = whole(other), origin = on_canvas(other, {0, 0, 0, 0});
  part.x -= origin.x;
  part.y -= origin.y;
  if (filter_.layer.smaller && is_shrunken(extent, region_)) part = extent;
  if (!strokes && !gegl_rectangle_contains(&extent, &part))
    return _(
        "The second layer does not cover this one. Move or scale it so that both show the same scene in the same "
        "place.");
  const Babl* format = gimp_drawable_get_format(other);
  // Beyond a layer of strokes there is none: that takes alpha.
  if (strokes) format = babl_format_with_space("R'G'B'A u8", babl_format_get_space(format));
  layer_.emplace(other, part, format);
  return "";
}

int Target::frame() const {
  const std::vector<GimpLayer*> layers = frame_layers();
  const auto found = std::ranges::find(layers, reinterpret_cast<GimpLayer*>(drawable_));
  return found == layers.end() ? 0 : static_cast<int>(found - layers.begin());
}

GeglBuffer* Target::aux() const {
  if (filter_.aux == Aux::kSelection) return repeated_selection_ ? repeated_selection_.get() : selection();
  return layer_ ? layer_->buffer() : nullptr;
}

}  // namespace pentimento
