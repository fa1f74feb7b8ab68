// SPDX-License-Identifier: GPL-3.0-or-later
#include "target.h"

#include <glib/gi18n-lib.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <vector>

namespace pentimento {
namespace {

constexpr int kSurroundings = 64;  // pixels of context on each side of a selection
constexpr int kBandRows = 128;     // the height of GIMP's tiles for plug-ins

bool locked(GimpItem* item) {
  for (; item; item = gimp_item_get_parent(item))
    if (gimp_item_get_lock_content(item)) return true;
  return false;
}

bool is_vector_or_link([[maybe_unused]] GimpItem* item) {
#if GIMP_CHECK_VERSION(3, 1, 4)
  return gimp_item_is_vector_layer(item) || gimp_item_is_link_layer(item);
#else
  return false;
#endif
}

std::string locked_sentence() {
  return _("The pixels of this layer are locked. Unlock them in the Layers dialog first.");
}

std::string selection_sentence() {
  return _("The selection does not touch this layer. Select a part of the layer, or nothing at all.");
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

}  // namespace

std::string Target::refusal(GimpDrawable** drawables) {
  if (gimp_core_object_array_get_length(reinterpret_cast<GObject**>(drawables)) != 1)
    return _("Select exactly one layer, mask or channel: this filter works on one at a time.");

  GimpItem* item = GIMP_ITEM(drawables[0]);
  if (gimp_item_is_group(item))
    return _("A layer group has no pixels of its own. Select one of its layers, or merge the group first.");
  if (gimp_item_is_text_layer(item))
    return _("The letters of a text layer would be lost. Use Layer > Discard Text Information first.");
  if (is_vector_or_link(item))
    return _("A vector or link layer has no pixels of its own. Use Layer > Rasterize first.");
  if (locked(item)) return locked_sentence();

  int x, y, width, height;
  if (!gimp_drawable_mask_intersect(drawables[0], &x, &y, &width, &height)) return selection_sentence();
  return "";
}

Target::Target(GimpDrawable* drawable)
    : drawable_(drawable),
      width_(gimp_drawable_get_width(drawable)),
      height_(gimp_drawable_get_height(drawable)),
      opaque_(!gimp_drawable_has_alpha(drawable)) {
  const GeglRectangle whole = {0, 0, width_, height_};
  GeglRectangle box;
  gimp_drawable_mask_intersect(drawable, &box.x, &box.y, &box.width, &box.height);
  const GeglRectangle grown = {box.x - kSurroundings, box.y - kSurroundings, box.width + 2 * kSurroundings,
                               box.height + 2 * kSurroundings};
  gegl_rectangle_intersect(&region_, &grown, &whole);
  const GeglRectangle extent = {0, 0, region_.width, region_.height};
  pixels_.reset(gegl_buffer_new(&extent, gimp_drawable_get_format(drawable)));
  if (!gimp_selection_is_empty(gimp_item_get_image(GIMP_ITEM(drawable))))
    selection_.reset(gegl_buffer_new(&extent, babl_format("Y u8")));
}

bool Target::read_some() {
  if (rows_ == region_.height) return false;
  const int rows = std::min(kBandRows, region_.height - rows_);
  const GeglRectangle from = {region_.x, region_.y + rows_, region_.width, rows};
  const GeglRectangle to = {0, rows_, region_.width, rows};
  const Handle<GeglBuffer> drawable(gimp_drawable_get_buffer(drawable_));
  gegl_buffer_copy(drawable.get(), &from, GEGL_ABYSS_NONE, pixels_.get(), &to);
  if (selection_) read_selection(to);
  note_opacity(to);
  rows_ += rows;
  return true;
}

void Target::read_selection(const GeglRectangle& band) {
  int offset_x, offset_y;
  gimp_drawable_get_offsets(drawable_, &offset_x, &offset_y);
  GimpSelection* selection = gimp_image_get_selection(gimp_item_get_image(GIMP_ITEM(drawable_)));
  const Handle<GeglBuffer> canvas(gimp_drawable_get_buffer(GIMP_DRAWABLE(selection)));
  const GeglRectangle from = {region_.x + offset_x, region_.y + offset_y + band.y, band.width, band.height};
  gegl_buffer_copy(canvas.get(), &from, GEGL_ABYSS_NONE, selection_.get(), &band);
}

void Target::note_opacity(const GeglRectangle& band) {
  if (opaque_) return;
  std::vector<float> alpha(static_cast<std::size_t>(band.width) * band.height);
  gegl_buffer_get(pixels_.get(), &band, 1.0, babl_format("A float"), alpha.data(), GEGL_AUTO_ROWSTRIDE,
                  GEGL_ABYSS_NONE);
  opaque_ = std::any_of(alpha.begin(), alpha.end(), [](float a) { return a > 0; });
}

std::string Target::content_refusal() const {
  return opaque_ ? "" : _("The layer is fully transparent here: there is nothing to restore.");
}

std::string Target::apply(GeglBuffer* result) {
  // GIMP goes on working while the dialog is open: the layer may be gone, or no longer what was read.
  if (!gimp_item_is_valid(GIMP_ITEM(drawable_))) return _("The layer does not exist any more. Nothing was changed.");
  if (gimp_drawable_get_width(drawable_) != width_ || gimp_drawable_get_height(drawable_) != height_)
    return _("The size of the layer was changed meanwhile. Nothing was restored; run the filter again.");
  if (locked(GIMP_ITEM(drawable_))) return locked_sentence();
  GeglRectangle box;
  if (!gimp_drawable_mask_intersect(drawable_, &box.x, &box.y, &box.width, &box.height)) return selection_sentence();

  const Handle<GeglBuffer> original(gegl_buffer_new(&box, gimp_drawable_get_format(drawable_)));
  {
    const Handle<GeglBuffer> drawable(gimp_drawable_get_buffer(drawable_));
    const Handle<GeglBuffer> shadow(gimp_drawable_get_shadow_buffer(drawable_));
    gegl_buffer_copy(drawable.get(), &box, GEGL_ABYSS_NONE, original.get(), &box);
    // The selection may have grown beyond the region meanwhile: there the layer keeps its pixels.
    if (!gegl_rectangle_contains(&region_, &box))
      gegl_buffer_copy(original.get(), &box, GEGL_ABYSS_NONE, shadow.get(), &box);
    gegl_buffer_copy(result, nullptr, GEGL_ABYSS_NONE, shadow.get(), &region_);
    gegl_buffer_flush(shadow.get());
  }
  if (!gimp_drawable_merge_shadow(drawable_, TRUE)) return gimp_pdb_get_last_error(gimp_get_pdb());
  restore_unselected(drawable_, original.get());
  gimp_drawable_update(drawable_, box.x, box.y, box.width, box.height);
  return "";
}

}  // namespace pentimento
