// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery.h"

#include <glib/gi18n-lib.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "layer_filter.h"
#include "layer_group.h"
#include "mask.h"
#include "merge.h"
#include "note.h"
#include "overlay_layer.h"
#include "refusals.h"
#include "undo_step.h"

namespace pentimento {
namespace {

std::string changed_meanwhile(const Target& target, GimpDrawable* drawable, Destination destination) {
  if (!gimp_item_is_valid(GIMP_ITEM(drawable))) return _("The layer does not exist any more. Nothing was changed.");
  if (destination == Destination::kImage) return "";
  if (gimp_drawable_get_width(drawable) != target.width() || gimp_drawable_get_height(drawable) != target.height())
    return _("The size of the layer was changed meanwhile. Nothing was restored; run the filter again.");
  if (destination == Destination::kSelection || destination == Destination::kGroup ||
      destination == Destination::kAbove)
    return "";
  return is_locked(GIMP_ITEM(drawable)) ? locked_sentence() : "";
}

/// The layer alone, as Image > Scale Image would scale it: name, profile, precision, resolution, metadata and the
/// layer's mask and mode are kept.
GimpImage* new_image(const Filter& filter, GimpDrawable* drawable, const Outcome& outcome) {
  GeglBuffer* result = outcome.results[0].get();
  GimpImage* image = gimp_image_duplicate(gimp_item_get_image(GIMP_ITEM(drawable)));
  gimp_image_undo_disable(image);
  gimp_selection_none(image);
  GimpLayer** others = gimp_image_get_layers(image);
  for (GimpLayer** other = others; *other; ++other) gimp_image_remove_layer(image, *other);
  g_free(others);

  GimpLayer* layer = gimp_layer_new_from_drawable(drawable, image);
  GimpItem* item = GIMP_ITEM(layer);
  gimp_image_insert_layer(image, layer, nullptr, 0);
  const Text name(gimp_item_get_name(GIMP_ITEM(drawable)));
  gimp_item_set_name(item, name.get());
  gimp_item_set_visible(item, TRUE);
  gimp_item_set_lock_content(item, FALSE);
  gimp_item_set_lock_position(item, FALSE);

  int x, y;
  gimp_drawable_get_offsets(drawable, &x, &y);
  gimp_image_resize(image, gimp_drawable_get_width(drawable), gimp_drawable_get_height(drawable), -x, -y);
  gimp_image_scale(image, gegl_buffer_get_width(result), gegl_buffer_get_height(result));
  {
    const Handle<GeglBuffer> pixels(gimp_drawable_get_buffer(GIMP_DRAWABLE(layer)));
    gegl_buffer_copy(result, nullptr, GEGL_ABYSS_NONE, pixels.get(), nullptr);
  }
  gimp_drawable_update(GIMP_DRAWABLE(layer), 0, 0, gegl_buffer_get_width(result), gegl_buffer_get_height(result));
  if (filter.note != Note::kNone) set_note(image, layer, filter.note == Note::kWritten ? outcome.file : "");
  gimp_image_undo_enable(image);
  return image;
}

/// Cuts `result` and gives each frame its part.
std::string write_frames(const Target& target, GeglBuffer* result, bool masks) {
  const std::vector<GimpLayer*> layers = target.frame_layers();
  std::string sentence;
  for (GimpLayer* layer : layers)
    if (sentence.empty()) sentence = changed_meanwhile(target, GIMP_DRAWABLE(layer), Destination::kFrames);
  if (sentence.empty() && masks) sentence = masks_refusal(layers);
  if (!sentence.empty()) return sentence;

  const UndoStep step(gimp_item_get_image(GIMP_ITEM(target.drawable())));
  for (int i = 0; i < target.frames() && sentence.empty(); ++i) {
    const Handle<GeglBuffer> part = cut_frame(result, target.frames(), i);
    if (masks)
      add_mask(layers[i], mask_of(part.get()).get());
    else
      sentence =
          merge_differences(GIMP_DRAWABLE(layers[i]), cut_frame(target.input(), target.frames(), i).get(), part.get());
  }
  return sentence;
}

/// Over the result; in a new image that is the only layer.
void show_overlay(const Target& target, const Result& result, GimpImage* new_image) {
  if (!new_image) {
    const bool selected = result.destination == Destination::kSelected || result.destination == Destination::kFilter;
    add_overlay(GIMP_LAYER(target.drawable()), result.overlay.get(), target.region().x, target.region().y, selected);
    return;
  }
  GimpLayer** layers = gimp_image_get_layers(new_image);
  const std::unique_ptr<GimpLayer*, Free> owner(layers);
  gimp_image_undo_disable(new_image);
  add_overlay(layers[0], result.overlay.get(), 0, 0, false);
  gimp_image_undo_enable(new_image);
}

Delivery write(const Filter& filter, const Target& target, const Result& result) {
  GimpDrawable* drawable = target.drawable();
  GeglBuffer* pixels = result.outcome.results[0].get();
  switch (result.destination) {
    case Destination::kSelected:
      return {merge_through_selection(drawable, pixels, target.region())};
    case Destination::kLayer:
      return {merge_differences(drawable, target.pixels(), pixels)};
    case Destination::kSelection:
      return {select_mask(drawable, mask_of(pixels).get())};
    case Destination::kImage:
      return {"", new_image(filter, drawable, result.outcome)};
    case Destination::kGroup:
      add_group(*filter.decomposition, gegl_operation_get_key(filter.operation, "title"), GIMP_LAYER(drawable),
                result.outcome.results);
      return {};
    case Destination::kAbove:
      add_overlay(GIMP_LAYER(drawable), pixels, 0, 0, false);
      return {};
    case Destination::kFilter:
      return {append_filter(filter, GIMP_LAYER(drawable), result.config.get())};
    case Destination::kFrames:
    case Destination::kFrameMasks:
      return {write_frames(target, pixels, result.destination == Destination::kFrameMasks)};
  }
  return {};
}

}  // namespace

Delivery deliver(const Filter& filter, const Target& target, const Result& result) {
  // Frames are looked at one by one.
  const bool frames = result.destination == Destination::kFrames || result.destination == Destination::kFrameMasks;
  std::string sentence = frames ? "" : changed_meanwhile(target, target.drawable(), result.destination);
  if (!sentence.empty()) return {std::move(sentence)};
  std::optional<UndoStep> both;
  if (result.overlay && result.destination != Destination::kImage)
    both.emplace(gimp_item_get_image(GIMP_ITEM(target.drawable())));
  Delivery delivery = write(filter, target, result);
  if (result.overlay && delivery.error.empty()) show_overlay(target, result, delivery.image);
  return delivery;
}

}  // namespace pentimento
