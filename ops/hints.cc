// SPDX-License-Identifier: GPL-3.0-or-later
#include "hints.h"

#include <algorithm>
#include <vector>

#include "buffers.h"

namespace pentimento {
namespace {

constexpr float kWhite = 0.75f, kBlack = 0.25f, kOpaque = 0.5f;

// Calls value(sample, alpha) for every pixel; samples are grey, as they are stored, whether they are called linear or
// not: these are what was painted.
template <class Value>
Pixels fetch(GeglBuffer* buffer, const GeglRectangle& extent, Value value) {
  const Babl* stored = gegl_buffer_get_format(buffer);
  const bool linear = babl_get_model_flags(babl_format_get_model(stored)) & BABL_MODEL_FLAG_LINEAR;
  const Babl* format = babl_format_with_space(linear ? "YA float" : "Y'A float", babl_format_get_space(stored));
  Pixels pixels(extent.width, extent.height, 1);
  std::vector<float> band_pixels;
  in_bands(extent, [&](const GeglRectangle& band) {
    const gsize n = gsize(band.width) * band.height;
    band_pixels.resize(2 * n);
    gegl_buffer_get(buffer, &band, 1.0, format, band_pixels.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    float* to = pixels.at(0, band.y - extent.y);
    for (gsize i = 0; i < n; ++i) to[i] = value(band_pixels[2 * i], band_pixels[2 * i + 1]);
  });
  return pixels;
}

// What is no number counts as 0.
float unit(float v) { return v > 0 ? std::min(v, 1.0f) : 0; }

}  // namespace

Pixels fetch_mask(GeglBuffer* hint, const GeglRectangle& extent) {
  return fetch(hint, extent, [](float sample, float alpha) { return unit(sample) * unit(alpha); });
}

Pixels fetch_strokes(GeglBuffer* strokes, const GeglRectangle& extent) {
  return fetch(strokes, extent, [](float sample, float alpha) {
    if (!(alpha >= kOpaque)) return 0.5f;
    return sample >= kWhite ? 1.0f : sample <= kBlack ? 0.0f : 0.5f;
  });
}

}  // namespace pentimento
