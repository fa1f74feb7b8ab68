// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge.h"

#include <cstddef>
#include <cstring>

#include "handles.h"
#include "mask.h"
#include "refusals.h"
#include "undo_step.h"

namespace pentimento {
namespace {

std::string last_error() { return gimp_pdb_get_last_error(gimp_get_pdb()); }

Handle<GeglBuffer> copy_part(GimpDrawable* drawable, const GeglRectangle& part) {
  Handle<GeglBuffer> copy(gegl_buffer_new(&part, gimp_drawable_get_format(drawable)));
  const Handle<GeglBuffer> pixels(gimp_drawable_get_buffer(drawable));
  gegl_buffer_copy(pixels.get(), &part, GEGL_ABYSS_NONE, copy.get(), &part);
  return copy;
}

void put(Handle<GeglBuffer> to, GeglBuffer* pixels, const GeglRectangle& part) {
  gegl_buffer_copy(pixels, &part, GEGL_ABYSS_NONE, to.get(), &part);
  gegl_buffer_flush(to.get());
}

/// GIMP merges in floating point: float pixels that are not selected may come back with another last bit. Part of the
/// merge's undo step, which holds the whole bounding box.
void restore_unselected(GimpDrawable* drawable, GeglBuffer* original) {
  GimpImage* image = gimp_item_get_image(GIMP_ITEM(drawable));
  if (gimp_selection_is_empty(image)) return;
  int offset_x, offset_y;
  gimp_drawable_get_offsets(drawable, &offset_x, &offset_y);
  const GeglRectangle* box = gegl_buffer_get_extent(original);
  const GeglRectangle on_canvas = {box->x + offset_x, box->y + offset_y, box->width, box->height};
  const Handle<GeglBuffer> pixels(gimp_drawable_get_buffer(drawable));
  const Handle<GeglBuffer> selection(gimp_drawable_get_buffer(GIMP_DRAWABLE(gimp_image_get_selection(image))));

  const Babl* format = gegl_buffer_get_format(original);
  const std::size_t size = babl_format_get_bytes_per_pixel(format);
  GeglBufferIterator* i =
      gegl_buffer_iterator_new(pixels.get(), box, 0, format, GEGL_ACCESS_READWRITE, GEGL_ABYSS_NONE, 3);
  gegl_buffer_iterator_add(i, original, box, 0, format, GEGL_ACCESS_READ, GEGL_ABYSS_NONE);
  gegl_buffer_iterator_add(i, selection.get(), &on_canvas, 0, babl_format("Y float"), GEGL_ACCESS_READ,
                           GEGL_ABYSS_NONE);
  while (gegl_buffer_iterator_next(i)) {
    auto* to = static_cast<std::byte*>(i->items[0].data);
    const auto* from = static_cast<const std::byte*>(i->items[1].data);
    const auto* selected = static_cast<const float*>(i->items[2].data);
    for (int n = 0; n < i->length; ++n)
      if (selected[n] == 0) std::memcpy(to + n * size, from + n * size, size);
  }
  gegl_buffer_flush(pixels.get());
}

/// The smallest rectangle that holds every pixel in which `result` differs from `before`.
GeglRectangle difference_box(GeglBuffer* before, GeglBuffer* result) {
  const Babl* format = gegl_buffer_get_format(before);
  const std::size_t size = babl_format_get_bytes_per_pixel(format);
  GeglRectangle box = {0, 0, 0, 0};
  GeglBufferIterator* i = gegl_buffer_iterator_new(before, nullptr, 0, format, GEGL_ACCESS_READ, GEGL_ABYSS_NONE, 2);
  gegl_buffer_iterator_add(i, result, nullptr, 0, format, GEGL_ACCESS_READ, GEGL_ABYSS_NONE);
  while (gegl_buffer_iterator_next(i)) {
    const auto* from = static_cast<const std::byte*>(i->items[0].data);
    const auto* to = static_cast<const std::byte*>(i->items[1].data);
    const GeglRectangle& roi = i->items[0].roi;
    for (int n = 0; n < i->length; ++n) {
      if (std::memcmp(from + n * size, to + n * size, size) == 0) continue;
      const GeglRectangle pixel = {roi.x + n % roi.width, roi.y + n / roi.width, 1, 1};
      gegl_rectangle_bounding_box(&box, &box, &pixel);
    }
  }
  return box;
}

/// Copies these pixels to `to`, as far as it reaches.
void copy_differences(GeglBuffer* before, GeglBuffer* result, GeglBuffer* to) {
  const Babl* format = gegl_buffer_get_format(before);
  const std::size_t size = babl_format_get_bytes_per_pixel(format);
  const GeglRectangle* part = gegl_buffer_get_extent(to);
  GeglBufferIterator* i = gegl_buffer_iterator_new(to, part, 0, format, GEGL_ACCESS_READWRITE, GEGL_ABYSS_NONE, 3);
  for (GeglBuffer* buffer : {before, result})
    gegl_buffer_iterator_add(i, buffer, part, 0, format, GEGL_ACCESS_READ, GEGL_ABYSS_NONE);
  while (gegl_buffer_iterator_next(i)) {
    auto* pixel = static_cast<std::byte*>(i->items[0].data);
    const auto* old = static_cast<const std::byte*>(i->items[1].data);
    const auto* newer = static_cast<const std::byte*>(i->items[2].data);
    for (int n = 0; n < i->length; ++n)
      if (std::memcmp(old + n * size, newer + n * size, size) != 0)
        std::memcpy(pixel + n * size, newer + n * size, size);
  }
}

void select_channel(GimpImage* image, GimpChannel* channel) {
  gimp_context_push();
  gimp_context_set_feather(FALSE);
  gimp_image_select_item(image, GIMP_CHANNEL_OP_REPLACE, GIMP_ITEM(channel));
  gimp_context_pop();
}

/// Lets pixels be merged into `box` (on the canvas) alone, or everywhere where that reaches beyond the canvas, as no
/// selection does. Afterwards the selection is what it was.
class OtherSelection {
 public:
  OtherSelection(GimpImage* image, const GeglRectangle* box)
      : image_(image), saved_(gimp_selection_is_empty(image) ? nullptr : gimp_selection_save(image)) {
    gimp_context_push();
    gimp_context_set_feather(FALSE);
    if (box)
      gimp_image_select_rectangle(image, GIMP_CHANNEL_OP_REPLACE, box->x, box->y, box->width, box->height);
    else
      gimp_selection_none(image);
    gimp_context_pop();
  }
  ~OtherSelection() {
    if (!saved_) {
      gimp_selection_none(image_);
      return;
    }
    select_channel(image_, saved_);
    gimp_image_remove_channel(image_, saved_);
  }
  OtherSelection(const OtherSelection&) = delete;

 private:
  GimpImage* image_;
  GimpChannel* saved_;
};

}  // namespace

std::string merge_through_selection(GimpDrawable* drawable, GeglBuffer* result, const GeglRectangle& region) {
  GeglRectangle box;
  if (!gimp_drawable_mask_intersect(drawable, &box.x, &box.y, &box.width, &box.height)) return selection_sentence();
  const Handle<GeglBuffer> original = copy_part(drawable, box);
  {
    const Handle<GeglBuffer> shadow(gimp_drawable_get_shadow_buffer(drawable));
    // The selection may have grown beyond the region meanwhile: there the layer keeps its pixels.
    if (!gegl_rectangle_contains(&region, &box))
      gegl_buffer_copy(original.get(), &box, GEGL_ABYSS_NONE, shadow.get(), &box);
    gegl_buffer_copy(result, nullptr, GEGL_ABYSS_NONE, shadow.get(), &region);
    gegl_buffer_flush(shadow.get());
  }
  if (!gimp_drawable_merge_shadow(drawable, TRUE)) return last_error();
  restore_unselected(drawable, original.get());
  gimp_drawable_update(drawable, box.x, box.y, box.width, box.height);
  return "";
}

std::string merge_differences(GimpDrawable* drawable, GeglBuffer* before, GeglBuffer* result) {
  GeglRectangle box = difference_box(before, result);
  if (gegl_rectangle_is_empty(&box)) return "";
  GimpImage* image = gimp_item_get_image(GIMP_ITEM(drawable));
  const GeglRectangle canvas = {0, 0, gimp_image_get_width(image), gimp_image_get_height(image)};
  int x, y;
  gimp_drawable_get_offsets(drawable, &x, &y);
  const GeglRectangle on_canvas = {box.x + x, box.y + y, box.width, box.height};
  const bool inside = gegl_rectangle_contains(&canvas, &on_canvas);
  if (!inside) box = *gegl_buffer_get_extent(before);

  const Handle<GeglBuffer> pixels = copy_part(drawable, box);
  copy_differences(before, result, pixels.get());
  const UndoStep step(image);
  const OtherSelection selection(image, inside ? &on_canvas : nullptr);
  put(Handle<GeglBuffer>(gimp_drawable_get_shadow_buffer(drawable)), pixels.get(), box);
  if (!gimp_drawable_merge_shadow(drawable, TRUE)) return last_error();
  // Once more, exactly: the merge goes through floating point.
  put(Handle<GeglBuffer>(gimp_drawable_get_buffer(drawable)), pixels.get(), box);
  gimp_drawable_update(drawable, box.x, box.y, box.width, box.height);
  return "";
}

std::string select_mask(GimpDrawable* drawable, GeglBuffer* mask) {
  GimpImage* image = gimp_item_get_image(GIMP_ITEM(drawable));
  int x, y;
  gimp_drawable_get_offsets(drawable, &x, &y);
  const UndoStep step(image);
  const Handle<GeglColor> color(gegl_color_new("red"));
  GimpChannel* channel =
      gimp_channel_new(image, "", gimp_image_get_width(image), gimp_image_get_height(image), 50, color.get());
  if (!gimp_image_insert_channel(image, channel, nullptr, 0)) return last_error();
  write_mask(mask, GIMP_DRAWABLE(channel), x, y);
  select_channel(image, channel);
  gimp_image_remove_channel(image, channel);
  return "";
}

}  // namespace pentimento
