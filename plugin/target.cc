// SPDX-License-Identifier: GPL-3.0-or-later
#include "target.h"

#include <glib/gi18n-lib.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "refusals.h"

namespace pentimento {
namespace {

constexpr int kSurroundings = 64;  // pixels of context on each side of a selection

bool is_vector_or_link([[maybe_unused]] GimpItem* item) {
#if GIMP_CHECK_VERSION(3, 1, 4)
  return gimp_item_is_vector_layer(item) || gimp_item_is_link_layer(item);
#else
  return false;
#endif
}

bool selection_counts(const Filter& filter, GimpDrawable* drawable) {
  return filter.destination != Destination::kImage &&
         !gimp_selection_is_empty(gimp_item_get_image(GIMP_ITEM(drawable)));
}

GeglRectangle whole(GimpDrawable* drawable) {
  return {0, 0, gimp_drawable_get_width(drawable), gimp_drawable_get_height(drawable)};
}

GeglRectangle region_of(const Filter& filter, GimpDrawable* drawable) {
  const GeglRectangle all = whole(drawable);
  if (filter.destination != Destination::kSelected) return all;
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

}  // namespace

std::string Target::refusal(const Filter& filter, GimpDrawable** drawables) {
  if (gimp_core_object_array_get_length(reinterpret_cast<GObject**>(drawables)) != 1)
    return _("Select exactly one layer, mask or channel: this filter works on one at a time.");

  GimpItem* item = GIMP_ITEM(drawables[0]);
  if (gimp_item_is_group(item))
    return _("A layer group has no pixels of its own. Select one of its layers, or merge the group first.");
  if (is_vector_or_link(item))
    return _("A vector or link layer has no pixels of its own. Use Layer > Rasterize first.");
  if (gimp_item_is_text_layer(item))
    return _("The letters of a text layer would be lost. Use Layer > Discard Text Information first.");
  if (filter.destination == Destination::kImage)
    return gimp_item_is_layer(item) ? "" : _("This filter makes a new image of a layer. Select a layer.");
  if (is_locked(item)) return locked_sentence();
  int x, y, width, height;
  if (!gimp_drawable_mask_intersect(drawables[0], &x, &y, &width, &height)) return selection_sentence();
  return "";
}

Target::Target(const Filter& filter, GimpDrawable* drawable)
    : filter_(filter),
      drawable_(drawable),
      width_(gimp_drawable_get_width(drawable)),
      height_(gimp_drawable_get_height(drawable)),
      region_(region_of(filter, drawable)),
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
  return layer_ && layer_->read_some();
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
  if (filter_.aux == Aux::kLayer) return choose_layer(config);
  if (filter_.aux == Aux::kSelection) return mask_refusal(config);
  return "";
}

std::string Target::mask_refusal(GimpProcedureConfig* config) const {
  gboolean finds_mask = FALSE;
  g_object_get(config, filter_.finds_mask, &finds_mask, nullptr);
  if (!finds_mask && !selection_ && !transparent_)
    return _("Nothing says what to fill. Select it, erase it to transparency, or let dust and scratches be found.");
  if (!finds_mask && selection_ && !unselected_)
    return _("Everything is selected, and nothing is left to fill it from. Select only what is to be filled.");
  if (transparent_ && GIMP_IS_LAYER(drawable_) && gimp_layer_get_lock_alpha(GIMP_LAYER(drawable_)))
    return _("The transparency of this layer is locked. Unlock it in the Layers dialog first.");
  return "";
}

std::string Target::choose_layer(GimpProcedureConfig* config) {
  GimpLayer* layer = nullptr;
  g_object_get(config, filter_.layer.name, &layer, nullptr);
  const Handle<GimpLayer> owner(layer);
  layer_.reset();
  if (!layer || !gimp_item_is_valid(GIMP_ITEM(layer))) return _(filter_.layer.missing);
  GimpDrawable* other = GIMP_DRAWABLE(layer);
  if (other == drawable_) return _("The layer cannot be its own second picture. Choose another layer.");

  GeglRectangle part = on_canvas(drawable_, region_);
  const GeglRectangle extent = whole(other), origin = on_canvas(other, {0, 0, 0, 0});
  part.x -= origin.x;
  part.y -= origin.y;
  if (!gegl_rectangle_contains(&extent, &part))
    return _(
        "The second layer does not cover this one. Move or scale it so that both show the same scene in the same "
        "place.");
  layer_.emplace(other, part, gimp_drawable_get_format(other));
  return "";
}

GeglBuffer* Target::aux() const {
  if (filter_.aux == Aux::kSelection) return selection();
  return layer_ ? layer_->buffer() : nullptr;
}

}  // namespace pentimento
