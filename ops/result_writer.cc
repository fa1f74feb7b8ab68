// SPDX-License-Identifier: GPL-3.0-or-later
#include "result_writer.h"

#include <cstring>
#include <vector>

#include "buffers.h"

namespace pentimento {
namespace {

constexpr int kBandBytes = 1 << 20;

bool same_bits(const float* a, const float* b, int n) { return std::memcmp(a, b, n * sizeof(float)) == 0; }

}  // namespace

void write_over(const Restored& restored, GeglBuffer* output, const GeglRectangle& area) {
  const Babl* format = gegl_buffer_get_format(output);
  const bool has_alpha = babl_format_has_alpha(format);
  const int pixel = babl_format_get_bytes_per_pixel(format);
  const int sample = pixel / babl_format_get_n_components(format);
  const Babl* to_alpha = babl_fish(format, babl_format("A float"));
  const Babl* from_rgba = babl_fish(babl_format_with_space("R'G'B'A float", babl_format_get_space(format)), format);

  std::vector<guint8> old_pixels, new_pixels;
  std::vector<float> old_alpha, new_alpha, rgba;
  const auto write_band = [&](const GeglRectangle& band) {
    const gsize n = gsize(band.width) * band.height;
    old_pixels.resize(n * pixel);
    new_pixels.resize(n * pixel);
    gegl_buffer_get(output, &band, 1.0, format, old_pixels.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    old_alpha.assign(n, 1);
    if (has_alpha) babl_process(to_alpha, old_pixels.data(), old_alpha.data(), static_cast<glong>(n));
    new_alpha = old_alpha;
    if (has_alpha && restored.change_alpha) restored.change_alpha(band, new_alpha.data());

    const auto offset = [&](gsize i) {  // of a pixel of the band, in pixels of the picture
      return gsize(band.y - restored.extent.y + i / band.width) * restored.extent.width + band.x - restored.extent.x +
             i % band.width;
    };
    rgba.resize(4 * n);
    for (gsize i = 0; i < n; ++i) {
      std::memcpy(&rgba[4 * i], restored.pixels.data() + 3 * offset(i), 3 * sizeof(float));
      rgba[4 * i + 3] = new_alpha[i];
    }
    babl_process(from_rgba, rgba.data(), new_pixels.data(), static_cast<glong>(n));

    bool changed = false;
    for (gsize i = 0; i < n; ++i) {
      const bool alpha_stays = same_bits(&old_alpha[i], &new_alpha[i], 1);
      const bool colour_stays = restored.before && same_bits(&rgba[4 * i], restored.before->data() + 3 * offset(i), 3);
      if (new_alpha[i] == 0 || (alpha_stays && colour_stays)) continue;
      // Alpha is the last sample.
      std::memcpy(&old_pixels[i * pixel], &new_pixels[i * pixel], pixel - (has_alpha && alpha_stays ? sample : 0));
      changed = true;
    }
    if (changed) gegl_buffer_set(output, &band, 0, format, old_pixels.data(), GEGL_AUTO_ROWSTRIDE);
  };
  in_bands(area, write_band, kBandBytes);
}

}  // namespace pentimento
