// SPDX-License-Identifier: GPL-3.0-or-later
#include "delivery.h"

#include <glib/gi18n-lib.h>

#include <cstddef>
#include <cstring>

#include "merge.h"
#include "refusals.h"

namespace pentimento {
namespace {

std::string changed_meanwhile(const Target& target, Destination destination) {
  GimpDrawable* drawable = target.drawable();
  if (!gimp_item_is_valid(GIMP_ITEM(drawable))) return _("The layer does not exist any more. Nothing was changed.");
  if (destination == Destination::kImage) return "";
  if (gimp_drawable_get_width(drawable) != target.width() || gimp_drawable_get_height(drawable) != target.height())
    return _("The size of the layer was changed meanwhile. Nothing was restored; run the filter again.");
  if (destination == Destination::kSelection) return "";
  return is_locked(GIMP_ITEM(drawable)) ? locked_sentence() : "";
}

/// The layer alone, as Image > Scale Image would enlarge it: name, profile, precision, resolution, metadata and the
/// layer's mask and mode are kept.
GimpImage* new_image(GimpDrawable* drawable, GeglBuffer* result) {
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
  gimp_image_undo_enable(image);
  return image;
}

}  // namespace

Delivery deliver(const Target& target, GeglBuffer* result, Destination destination) {
  if (std::string sentence = changed_meanwhile(target, destination); !sentence.empty()) return {std::move(sentence)};
  switch (destination) {
    case Destination::kSelected:
      return {merge_through_selection(target.drawable(), result, target.region())};
    case Destination::kLayer:
      return {merge_differences(target.drawable(), target.pixels(), result)};
    case Destination::kSelection:
      return {select_mask(target.drawable(), mask_of(result).get())};
    case Destination::kImage:
      return {"", new_image(target.drawable(), result)};
  }
  return {};
}

Handle<GeglBuffer> mask_of(GeglBuffer* result) {
  Handle<GeglBuffer> mask(gegl_buffer_new(gegl_buffer_get_extent(result), babl_format("Y u8")));
  GeglBufferIterator* i =
      gegl_buffer_iterator_new(mask.get(), nullptr, 0, babl_format("Y u8"), GEGL_ACCESS_WRITE, GEGL_ABYSS_NONE, 2);
  gegl_buffer_iterator_add(i, result, nullptr, 0, babl_format("Y' u8"), GEGL_ACCESS_READ, GEGL_ABYSS_NONE);
  while (gegl_buffer_iterator_next(i))
    std::memcpy(i->items[0].data, i->items[1].data, static_cast<std::size_t>(i->length));
  return mask;
}

}  // namespace pentimento
