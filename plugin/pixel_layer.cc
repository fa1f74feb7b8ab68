// SPDX-License-Identifier: GPL-3.0-or-later
#include "pixel_layer.h"

#include "handles.h"

namespace pentimento {

GimpLayer* new_pixel_layer(GimpLayer* like, const char* name, GeglBuffer* pixels, GimpImageType type, int x, int y) {
  GimpLayer* layer = gimp_layer_new(gimp_item_get_image(GIMP_ITEM(like)), name, gegl_buffer_get_width(pixels),
                                    gegl_buffer_get_height(pixels), type, 100, GIMP_LAYER_MODE_NORMAL);
  // GIMP blends in linear light of its own accord; the engine's equations are of R'G'B'.
  gimp_layer_set_blend_space(layer, GIMP_LAYER_COLOR_SPACE_RGB_NON_LINEAR);
  gimp_layer_set_composite_space(layer, GIMP_LAYER_COLOR_SPACE_RGB_NON_LINEAR);
  set_pixels(GIMP_DRAWABLE(layer), pixels);
  int left, top;
  gimp_drawable_get_offsets(GIMP_DRAWABLE(like), &left, &top);
  gimp_layer_set_offsets(layer, left + x, top + y);
  return layer;
}

void set_pixels(GimpDrawable* drawable, GeglBuffer* pixels) {
  const Handle<GeglBuffer> to(gimp_drawable_get_buffer(drawable));
  gegl_buffer_copy(pixels, nullptr, GEGL_ABYSS_NONE, to.get(), nullptr);
  gegl_buffer_flush(to.get());
}

void insert_above(GimpLayer* layer, GimpLayer* other) {
  GimpImage* image = gimp_item_get_image(GIMP_ITEM(other));
  gimp_image_insert_layer(image, layer, GIMP_LAYER(gimp_item_get_parent(GIMP_ITEM(other))),
                          gimp_image_get_item_position(image, GIMP_ITEM(other)));
}

}  // namespace pentimento
