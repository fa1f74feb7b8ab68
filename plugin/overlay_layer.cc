// SPDX-License-Identifier: GPL-3.0-or-later
#include "overlay_layer.h"

#include <glib/gi18n-lib.h>

#include "handles.h"
#include "pixel_layer.h"

namespace pentimento {
namespace {

/// Multiplies alpha by the selection of this moment, in which `overlay` lies at x,y.
void keep_selected(GimpImage* image, GeglBuffer* overlay, int x, int y) {
  if (gimp_selection_is_empty(image)) return;
  const GeglRectangle place = {x, y, gegl_buffer_get_width(overlay), gegl_buffer_get_height(overlay)};
  const Handle<GeglBuffer> selection(gimp_drawable_get_buffer(GIMP_DRAWABLE(gimp_image_get_selection(image))));
  const Babl* format = babl_format_with_space("R'G'B'A float", gegl_buffer_get_format(overlay));
  GeglBufferIterator* i =
      gegl_buffer_iterator_new(overlay, nullptr, 0, format, GEGL_ACCESS_READWRITE, GEGL_ABYSS_NONE, 2);
  gegl_buffer_iterator_add(i, selection.get(), &place, 0, babl_format("Y float"), GEGL_ACCESS_READ, GEGL_ABYSS_NONE);
  while (gegl_buffer_iterator_next(i)) {
    auto* pixel = static_cast<float*>(i->items[0].data);
    const auto* selected = static_cast<const float*>(i->items[1].data);
    for (int n = 0; n < i->length; ++n) pixel[4 * n + 3] *= selected[n];
  }
}

}  // namespace

void add_overlay(GimpLayer* layer, GeglBuffer* overlay, int x, int y, bool selected) {
  GimpDrawable* drawable = GIMP_DRAWABLE(layer);
  if (selected) {
    int left, top;
    gimp_drawable_get_offsets(drawable, &left, &top);
    keep_selected(gimp_item_get_image(GIMP_ITEM(layer)), overlay, left + x, top + y);
  }
  insert_above(new_pixel_layer(layer, _("Invented"), overlay, gimp_drawable_type_with_alpha(drawable), x, y), layer);
}

}  // namespace pentimento
