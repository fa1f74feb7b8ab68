// SPDX-License-Identifier: GPL-3.0-or-later
#include "visible_picture.h"

#include <memory>

#include "handles.h"
#include "refusals.h"

namespace pentimento {
namespace {

/// Whether its pixels, as they are stored, fill the canvas and are seen as they are.
bool is_plain(GimpImage* image, GimpLayer* layer) {
  GimpItem* item = GIMP_ITEM(layer);
  GimpDrawable* drawable = GIMP_DRAWABLE(layer);
  if (!pixels_refusal(item).empty() || !gimp_item_get_visible(item)) return false;
  if (gimp_layer_get_mask(layer) || gimp_layer_get_opacity(layer) < 100) return false;
  GimpDrawableFilter** filters = gimp_drawable_get_filters(drawable);
  const std::unique_ptr<GimpDrawableFilter*, Free> owner(filters);
  if (filters && *filters) return false;
  int x, y;
  gimp_drawable_get_offsets(drawable, &x, &y);
  return x == 0 && y == 0 && gimp_drawable_get_width(drawable) == gimp_image_get_width(image) &&
         gimp_drawable_get_height(drawable) == gimp_image_get_height(image);
}

GimpLayer* only_plain_layer(GimpImage* image) {
  GimpLayer** layers = gimp_image_get_layers(image);
  const std::unique_ptr<GimpLayer*, Free> owner(layers);
  return layers[0] && !layers[1] && is_plain(image, layers[0]) ? layers[0] : nullptr;
}

/// Has GIMP count, which is quicker than fetching the pixels.
bool is_opaque(GimpLayer* layer) {
  double mean, deviation, median, pixels, count, percentile;
  gimp_drawable_histogram(GIMP_DRAWABLE(layer), GIMP_HISTOGRAM_ALPHA, 1, 1, &mean, &deviation, &median, &pixels, &count,
                          &percentile);
  return count == pixels;
}

}  // namespace

VisiblePicture::VisiblePicture(GimpImage* image) : layer_(only_plain_layer(image)) {
  if (layer_) return;
  copy_ = gimp_image_duplicate(image);
  gimp_selection_none(copy_);
  const Text name(gimp_image_get_name(image));
  layer_ = gimp_layer_new_from_visible(copy_, copy_, name.get());
  gimp_image_insert_layer(copy_, layer_, nullptr, 0);
  if (is_opaque(layer_)) gimp_layer_flatten(layer_);
}

VisiblePicture::~VisiblePicture() {
  if (copy_) gimp_image_delete(copy_);
}

}  // namespace pentimento
