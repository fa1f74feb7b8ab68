// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/jpeg_quantised.h"

#include "imaging/dct_blocks.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr double kLevel = 1.0 / 255;

// The multiples of the table that the blocks were, and themselves where they are none. The first coefficient stays as
// it is: all samples of a flat block were rounded alike, which may have moved it to another multiple.
Tensor stored(const Tensor& blocks, const Tensor& table) {
  const Tensor multiples = torch::round(blocks / table) * table;
  multiples.select(3, 0).select(2, 0).copy_(blocks.select(3, 0).select(2, 0));
  // Rounding and clipping to whole samples moves coefficients by about a level.
  const Tensor allowed = torch::clamp_min(table / 4, 1.5 * kLevel);
  const Tensor fits = ((blocks - multiples).abs() <= allowed).all(3, true).all(2, true);
  return torch::where(fits, multiples, blocks);
}

// By how much the coefficients lie beyond `width` steps from the stored ones.
Tensor beyond(const Tensor& blocks, const QuantisedPicture::Plane& plane, double width) {
  const Tensor off = blocks - plane.coefficients;
  const Tensor room = plane.table * width;
  return off - torch::minimum(torch::maximum(off, -room), room);
}

}  // namespace

QuantisedPicture::QuantisedPicture(const Tensor& decoded, const JpegTraces& traces) : decoded_(decoded) {
  Tensor ycc = to_ycc(decoded).clone();
  ycc[0] -= 128 * kLevel;
  for (int64_t k = 0; k < ycc.size(0); ++k) {
    if (k > 0 && !traces.chroma_table.defined()) break;
    const Sampling sampling = k == 0 ? Sampling{} : traces.chroma;
    const Tensor table = (k == 0 ? traces.luma_table : traces.chroma_table) * kLevel;
    planes_.push_back({sampling, table, stored(to_blocks(undo_upsample(ycc[k], sampling)), table)});
  }
}

QuantisedPicture QuantisedPicture::part(int64_t top, int64_t left, int64_t height, int64_t width) const {
  QuantisedPicture part;
  part.decoded_ = decoded_.slice(2, top, top + height).slice(3, left, left + width);
  for (const Plane& p : planes_) {
    const int64_t down = kDctBlock * p.sampling.down, across = kDctBlock * p.sampling.across;
    part.planes_.push_back(
        {p.sampling, p.table,
         p.coefficients.slice(0, top / down, (top + height) / down).slice(1, left / across, (left + width) / across)});
  }
  return part;
}

QuantisedPicture QuantisedPicture::to(torch::Device device) const {
  QuantisedPicture moved;
  moved.decoded_ = decoded_.to(device);
  for (const Plane& p : planes_) moved.planes_.push_back({p.sampling, p.table.to(device), p.coefficients.to(device)});
  return moved;
}

Tensor QuantisedPicture::project(const Tensor& picture, double width) const {
  Tensor ycc = to_ycc(picture).clone();
  ycc[0] -= 128 * kLevel;
  for (size_t k = 0; k < planes_.size(); ++k) {
    const Plane& plane = planes_[k];
    Tensor own = ycc[static_cast<int64_t>(k)];
    own -= upsample(from_blocks(beyond(to_blocks(subsample(own, plane.sampling)), plane, width)), plane.sampling);
  }
  ycc[0] += 128 * kLevel;
  return from_ycc(ycc);
}

Tensor QuantisedPicture::distance(const Tensor& picture, double width) const {
  const Tensor ycc = to_ycc(picture);
  Tensor sum;
  for (size_t k = 0; k < planes_.size(); ++k) {
    const Plane& plane = planes_[k];
    const Tensor own = ycc[static_cast<int64_t>(k)] - (k == 0 ? 128 * kLevel : 0);
    const Tensor square = beyond(to_blocks(subsample(own, plane.sampling)), plane, width).square().mean();
    sum = sum.defined() ? sum + square : square;
  }
  if (ycc.size(0) > static_cast<int64_t>(planes_.size()))
    sum = sum + torch::mse_loss(ycc.slice(0, 1), to_ycc(decoded_).slice(0, 1));
  return sum;
}

}  // namespace pentimento
