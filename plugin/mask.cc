// SPDX-License-Identifier: GPL-3.0-or-later
#include "mask.h"

namespace pentimento {

Handle<GeglBuffer> mask_of(GeglBuffer* result) {
  const Babl* format = babl_format_with_space("Y'A float", gegl_buffer_get_format(result));
  Handle<GeglBuffer> mask(gegl_buffer_new(gegl_buffer_get_extent(result), babl_format("Y float")));
  GeglBufferIterator* i =
      gegl_buffer_iterator_new(mask.get(), nullptr, 0, babl_format("Y float"), GEGL_ACCESS_WRITE, GEGL_ABYSS_NONE, 2);
  gegl_buffer_iterator_add(i, result, nullptr, 0, format, GEGL_ACCESS_READ, GEGL_ABYSS_NONE);
  while (gegl_buffer_iterator_next(i)) {
    auto* to = static_cast<float*>(i->items[0].data);
    const auto* from = static_cast<const float*>(i->items[1].data);
    for (int n = 0; n < i->length; ++n) to[n] = from[2 * n + 1] > 0 ? from[2 * n] : 0;
  }
  return mask;
}

void write_mask(GeglBuffer* mask, GimpDrawable* to, int x, int y) {
  const Babl* format = gimp_drawable_get_format(to);
  const bool linear = babl_get_model_flags(babl_format_get_model(format)) & BABL_MODEL_FLAG_LINEAR;
  const Handle<GeglBuffer> numbers(gegl_buffer_dup(mask));
  gegl_buffer_set_format(numbers.get(), babl_format_with_space(linear ? "Y float" : "Y' float", format));

  const Handle<GeglBuffer> pixels(gimp_drawable_get_buffer(to));
  const GeglRectangle place = {x, y, gegl_buffer_get_width(mask), gegl_buffer_get_height(mask)};
  gegl_buffer_copy(numbers.get(), nullptr, GEGL_ABYSS_NONE, pixels.get(), &place);
  gegl_buffer_flush(pixels.get());
}

}  // namespace pentimento
