// SPDX-License-Identifier: GPL-3.0-or-later
#include "layer_group.h"

#include <glib/gi18n-lib.h>

#include "mask.h"
#include "pixel_layer.h"

namespace pentimento {
namespace {

/// One over the other, pixels of alpha a do not add up to alpha a. They do where the lower one's is
/// a (1 - m) / (1 - a m), and colors come out right, too.
void thin_out(GeglBuffer* bottom, GeglBuffer* mask) {
  const Babl* format = babl_format_with_space("R'G'B'A float", gegl_buffer_get_format(bottom));
  GeglBufferIterator* i =
      gegl_buffer_iterator_new(bottom, nullptr, 0, format, GEGL_ACCESS_READWRITE, GEGL_ABYSS_NONE, 2);
  gegl_buffer_iterator_add(i, mask, nullptr, 0, babl_format("Y float"), GEGL_ACCESS_READ, GEGL_ABYSS_NONE);
  while (gegl_buffer_iterator_next(i)) {
    auto* pixel = static_cast<float*>(i->items[0].data);
    const auto* m = static_cast<const float*>(i->items[1].data);
    for (int n = 0; n < i->length; ++n) {
      float& a = pixel[4 * n + 3];
      if (a > 0 && a < 1) a = a * (1 - m[n]) / (1 - a * m[n]);
    }
  }
}

/// The topmost in `group`, in the place of `like`.
GimpLayer* add_layer(GimpGroupLayer* group, GimpLayer* like, const char* name, GeglBuffer* pixels) {
  GimpLayer* layer = new_pixel_layer(like, name, pixels, gimp_drawable_type(GIMP_DRAWABLE(like)), 0, 0);
  gimp_image_insert_layer(gimp_item_get_image(GIMP_ITEM(like)), layer, GIMP_LAYER(group), 0);
  return layer;
}

GimpGroupLayer* insert_group(GimpLayer* layer, const char* title) {
  GimpImage* image = gimp_item_get_image(GIMP_ITEM(layer));
  const Text layer_name(gimp_item_get_name(GIMP_ITEM(layer)));
  const Text name(g_strdup_printf("%s – %s", layer_name.get(), title));
  GimpGroupLayer* group = gimp_group_layer_new(image, name.get());
  insert_above(GIMP_LAYER(group), layer);
  return group;
}

void take_the_place_of(GimpLayer* layer, GimpLayer* group) {
  gimp_layer_set_mode(group, gimp_layer_get_mode(layer));
  gimp_layer_set_blend_space(group, gimp_layer_get_blend_space(layer));
  gimp_layer_set_composite_space(group, gimp_layer_get_composite_space(layer));
  gimp_layer_set_composite_mode(group, gimp_layer_get_composite_mode(layer));
  gimp_layer_set_opacity(group, gimp_layer_get_opacity(layer));
  if (GimpLayerMask* mask = gimp_layer_get_mask(layer)) {
    GimpLayerMask* copy = gimp_layer_create_mask(group, GIMP_ADD_MASK_WHITE);
    set_pixels(GIMP_DRAWABLE(copy), Handle<GeglBuffer>(gimp_drawable_get_buffer(GIMP_DRAWABLE(mask))).get());
    gimp_layer_add_mask(group, copy);
    gimp_layer_set_apply_mask(group, gimp_layer_get_apply_mask(layer));
  }
  gimp_item_set_visible(GIMP_ITEM(layer), FALSE);
}

}  // namespace

void add_group(const Decomposition& decomposition, const char* title, GimpLayer* layer,
               std::span<const Handle<GeglBuffer>> parts) {
  const auto add = [&](GimpGroupLayer* group, std::size_t part) {
    return add_layer(group, layer, _(decomposition.parts[part].name), parts[part].get());
  };
  const Handle<GeglBuffer> mask = mask_of(parts[decomposition.mask].get());
  if (gimp_drawable_has_alpha(GIMP_DRAWABLE(layer))) thin_out(parts[decomposition.bottom].get(), mask.get());

  GimpImage* image = gimp_item_get_image(GIMP_ITEM(layer));
  gimp_image_undo_group_start(image);
  GimpGroupLayer* group = insert_group(layer, title);
  add(group, decomposition.bottom);
  add_mask(add(group, decomposition.top), mask.get());
  take_the_place_of(layer, GIMP_LAYER(group));
  const GimpLayer* selected[] = {GIMP_LAYER(group), nullptr};
  gimp_image_set_selected_layers(image, selected);
  gimp_image_undo_group_end(image);
}

void add_mask(GimpLayer* layer, GeglBuffer* mask) {
  GimpLayerMask* layer_mask = gimp_layer_create_mask(layer, GIMP_ADD_MASK_WHITE);
  write_mask(mask, GIMP_DRAWABLE(layer_mask), 0, 0);
  gimp_layer_add_mask(layer, layer_mask);
  // The layer itself is what is edited next.
  gimp_layer_set_edit_mask(layer, FALSE);
}

}  // namespace pentimento
