// SPDX-License-Identifier: GPL-3.0-or-later
#include "holes.h"

#include <algorithm>
#include <vector>

#include "buffers.h"

namespace pentimento {
namespace {

constexpr int kBandBytes = 1 << 20;

// What is no number counts as 0.
float unit(float v) { return v > 0 ? std::min(v, 1.0f) : 0; }

// How opaque a pixel is after `cover` of it was filled.
float filled(float alpha, float cover) { return alpha + (1 - alpha) * cover; }

}  // namespace

// The numbers as they are stored, for these are what was painted or selected: half grey is half covered, whether the
// mask calls its values linear or not. What is transparent covers nothing.
void Holes::get_cover(const GeglRectangle& area, float* cover) const {
  const Babl* stored = gegl_buffer_get_format(mask_);
  const bool linear = babl_get_model_flags(babl_format_get_model(stored)) & BABL_MODEL_FLAG_LINEAR;
  const Babl* format = babl_format_with_space(linear ? "YA float" : "Y'A float", babl_format_get_space(stored));
  const gsize n = gsize(area.width) * area.height;
  std::vector<float> pixels(2 * n);
  gegl_buffer_get(mask_, &area, 1.0, format, pixels.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  for (gsize i = 0; i < n; ++i) cover[i] = unit(pixels[2 * i]) * unit(pixels[2 * i + 1]);
}

void Holes::get_alpha(const GeglRectangle& area, float* alpha) const {
  gegl_buffer_get(input_, &area, 1.0, babl_format("A float"), alpha, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
}

std::optional<Pixels> Holes::fetch(const GeglRectangle& extent) const {
  if (!mask_ && !babl_format_has_alpha(gegl_buffer_get_format(input_))) return {};
  Pixels holes(extent.width, extent.height, 1);
  bool any = mask_;
  std::vector<float> alpha;
  in_bands(
      extent,
      [&](const GeglRectangle& band) {
        const gsize n = gsize(band.width) * band.height;
        alpha.resize(n);
        get_alpha(band, alpha.data());
        float* hole = holes.at(0, band.y - extent.y);
        if (mask_) get_cover(band, hole);
        for (gsize i = 0; i < n; ++i) {
          const float a = unit(alpha[i]);
          if (!mask_)
            hole[i] = 1 - a;
          else if (a < 1 && hole[i] > 0)
            hole[i] /= filled(a, hole[i]);  // a colour counts for no more than it shows
          any = any || hole[i] > 0;
        }
      },
      kBandBytes);
  if (!any) return {};
  return holes;
}

void Holes::fill_alpha(const GeglRectangle& area, float* alpha) const {
  const gsize n = gsize(area.width) * area.height;
  std::vector<float> cover(n, 1.0f);
  if (mask_) get_cover(area, cover.data());
  for (gsize i = 0; i < n; ++i)
    if (alpha[i] < 1) alpha[i] = filled(alpha[i], cover[i]);
}

}  // namespace pentimento
