// SPDX-License-Identifier: GPL-3.0-or-later
#include "scaled_extent.h"

#include <glib/gi18n-lib.h>

#include <cmath>

#include "extents.h"

namespace pentimento {
namespace {

constexpr double kMostMegapixels = 400;

double megapixels(const GeglRectangle& extent, int scale) {
  return 1e-6 * extent.width * scale * extent.height * scale;
}

}  // namespace

GeglRectangle enlarged(const GeglRectangle& extent, int scale) {
  if (!is_picture(extent) || megapixels(extent, scale) > kMostMegapixels) return extent;
  const auto moved = [scale](gint64 v) { return static_cast<int>(CLAMP(v * scale, -G_MAXINT / 4, G_MAXINT / 4)); };
  return {moved(extent.x), moved(extent.y), extent.width * scale, extent.height * scale};
}

std::string enlarging_refusal(const GeglRectangle& extent, int scale) {
  if (megapixels(extent, scale) <= kMostMegapixels) return "";
  g_autofree gchar* sentence = g_strdup_printf(
      _("Enlarged %d times the picture would have %.0f megapixels, and %.0f are the most: please choose a smaller "
        "factor, or a part of the picture."),
      scale, std::ceil(megapixels(extent, scale)), kMostMegapixels);
  return sentence;
}

GeglRectangle shrunk(const GeglRectangle& extent, int scale) {
  if (!is_picture(extent)) return extent;
  const auto floored = [scale](int v) { return v / scale - (v % scale < 0 ? 1 : 0); };
  const auto ceiled = [scale](int v) { return v / scale + (v % scale > 0 ? 1 : 0); };
  return {floored(extent.x), floored(extent.y), ceiled(extent.width), ceiled(extent.height)};
}

}  // namespace pentimento
