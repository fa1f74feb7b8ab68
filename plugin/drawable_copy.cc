// SPDX-License-Identifier: GPL-3.0-or-later
#include "drawable_copy.h"

#include <algorithm>
#include <utility>

namespace pentimento {
namespace {

constexpr int kBandRows = 128;  // the height of GIMP's tiles for plug-ins

}  // namespace

DrawableCopy::DrawableCopy(GimpDrawable* drawable, const GeglRectangle& part, const Babl* format)
    : DrawableCopy(drawable, part,
                   Handle<GeglBuffer>(gegl_buffer_new(GEGL_RECTANGLE(0, 0, part.width, part.height), format)), 0) {}

DrawableCopy::DrawableCopy(GimpDrawable* drawable, const GeglRectangle& part, Handle<GeglBuffer> buffer, int y)
    : drawable_(drawable), part_(part), buffer_(std::move(buffer)), y_(y) {}

std::optional<GeglRectangle> DrawableCopy::read_some() {
  if (rows_ == part_.height) return std::nullopt;
  const GeglRectangle band = {0, y_ + rows_, part_.width, std::min(kBandRows, part_.height - rows_)};
  const GeglRectangle from = {part_.x, part_.y + rows_, band.width, band.height};
  const Handle<GeglBuffer> pixels(gimp_drawable_get_buffer(drawable_));
  gegl_buffer_copy(pixels.get(), &from, GEGL_ABYSS_NONE, buffer_.get(), &band);
  rows_ += band.height;
  return band;
}

}  // namespace pentimento
