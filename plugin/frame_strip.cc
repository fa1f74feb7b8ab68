// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame_strip.h"

#include <glib/gi18n-lib.h>

#include <algorithm>

#include "refusals.h"

namespace pentimento {
namespace {

GeglRectangle place_of(GimpLayer* layer) {
  GimpDrawable* drawable = GIMP_DRAWABLE(layer);
  GeglRectangle place = {0, 0, gimp_drawable_get_width(drawable), gimp_drawable_get_height(drawable)};
  gimp_drawable_get_offsets(drawable, &place.x, &place.y);
  return place;
}

std::string named(const char* sentence, GimpLayer* layer) {
  const Text name(gimp_item_get_name(GIMP_ITEM(layer)));
  const Text text(g_strdup_printf(sentence, name.get()));
  return text.get();
}

Handle<GeglBuffer> new_strip(const std::vector<GimpLayer*>& layers) {
  const auto has_alpha = [](GimpLayer* layer) { return gimp_drawable_has_alpha(GIMP_DRAWABLE(layer)); };
  const auto widest = std::ranges::find_if(layers, has_alpha);
  const Babl* format = gimp_drawable_get_format(GIMP_DRAWABLE(widest == layers.end() ? layers.front() : *widest));
  const GeglRectangle place = place_of(layers.front());
  const GeglRectangle extent = {0, 0, place.width, place.height * static_cast<int>(layers.size())};
  return Handle<GeglBuffer>(gegl_buffer_new(&extent, format));
}

}  // namespace

std::vector<GimpLayer*> frames_beside(GimpItem* item, GimpLayer* strokes) {
  GimpLayer** all = gimp_image_get_layers(gimp_item_get_image(item));
  const std::unique_ptr<GimpLayer*, Free> owner(all);
  std::vector<GimpLayer*> layers;
  for (; *all; ++all) {
    GimpItem* layer = GIMP_ITEM(*all);
    if (*all != strokes && gimp_item_get_visible(layer) && !is_locked(layer) && pixels_refusal(layer).empty())
      layers.push_back(*all);
  }
  std::ranges::reverse(layers);  // GIMP counts from the top
  return layers;
}

std::string frames_refusal(const std::vector<GimpLayer*>& layers, GimpItem* item) {
  if (!GIMP_IS_LAYER(item) || std::ranges::find(layers, GIMP_LAYER(item)) == layers.end())
    return _(
        "What is selected is none of the layers that can be worked on together. Select one that is visible, "
        "unlocked and in no group.");
  if (layers.size() < 2)
    return _("There is one layer only. Open the other pictures as layers, make them visible and unlock them.");
  const GeglRectangle place = place_of(GIMP_LAYER(item));
  for (GimpLayer* layer : layers)
    if (const GeglRectangle other = place_of(layer); !gegl_rectangle_equal(&place, &other))
      return named(_("The layer \"%s\" has another size or place. Crop and move all layers alike, or hide it."), layer);
  return "";
}

std::string masks_refusal(const std::vector<GimpLayer*>& layers) {
  for (GimpLayer* layer : layers)
    if (gimp_layer_get_mask(layer))
      return named(_("The layer \"%s\" has a layer mask already. Apply it or delete it first."), layer);
  return "";
}

FrameStrip::FrameStrip(std::vector<GimpLayer*> layers) : layers_(std::move(layers)), buffer_(new_strip(layers_)) {
  const GeglRectangle place = place_of(layers_.front());
  for (int i = 0; GimpLayer * layer : layers_)
    copies_.emplace_back(GIMP_DRAWABLE(layer), GeglRectangle{0, 0, place.width, place.height},
                         Handle<GeglBuffer>(GEGL_BUFFER(g_object_ref(buffer_.get()))), place.height * i++);
}

bool FrameStrip::read_some() {
  return std::ranges::any_of(copies_, [](DrawableCopy& copy) { return copy.read_some().has_value(); });
}

Handle<GeglBuffer> cut_frame(GeglBuffer* strip, int frames, int frame) {
  const int height = gegl_buffer_get_height(strip) / frames;
  const GeglRectangle place = {0, frame * height, gegl_buffer_get_width(strip), height};
  const GeglRectangle extent = {0, 0, place.width, height};
  Handle<GeglBuffer> cut(gegl_buffer_new(&extent, gegl_buffer_get_format(strip)));
  gegl_buffer_copy(strip, &place, GEGL_ABYSS_NONE, cut.get(), &extent);
  return cut;
}

Handle<GeglBuffer> repeat_frame(GeglBuffer* picture, int frames) {
  const int width = gegl_buffer_get_width(picture), height = gegl_buffer_get_height(picture);
  const GeglRectangle extent = {0, 0, width, height * frames};
  Handle<GeglBuffer> strip(gegl_buffer_new(&extent, gegl_buffer_get_format(picture)));
  for (int i = 0; i < frames; ++i) {
    const GeglRectangle place = {0, i * height, width, height};
    gegl_buffer_copy(picture, nullptr, GEGL_ABYSS_NONE, strip.get(), &place);
  }
  return strip;
}

}  // namespace pentimento
