// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/jpeg_shrinkage.h"

#include <cmath>

#include "imaging/dct_blocks.h"
#include "imaging/guided_filter.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kN = kDctBlock;
constexpr double kThreshold = 2.7;             // in standard deviations of the noise
constexpr double kWidth = 0.3;                 // of the projections, in steps; half a step lets too much through
constexpr int64_t kRadius = 2;                 // of the guided filter, in stored samples
constexpr double kFlat = 4 / (255.0 * 255.0);  // variance below which luma is no edge to follow

// The noise of blocks that lie anywhere on the grid, from that of the blocks on it: along an axis, a block overlaps two
// of those, whose coefficients are independent.
BlockNoise shifted(const Tensor& variance) {
  const Tensor c = dct_matrix(kN);
  Tensor share = torch::zeros({kN, kN, kN});  // offset, frequency of the block, frequency on the grid
  for (int64_t offset = 0; offset < kN; ++offset)
    for (int64_t side = 0; side < 2; ++side) {
      Tensor neighbour = torch::zeros({kN, 2 * kN});
      neighbour.slice(1, side * kN, (side + 1) * kN).copy_(c);
      share[offset] += torch::matmul(c, neighbour.slice(1, offset, offset + kN).t()).square();
    }
  return {torch::einsum("ypk,xql,kl->yxpq", {share, share, variance})};
}

Tensor shrink_plane(const QuantisedPicture::Plane& plane) {
  const auto within = [&](const Tensor& pixels) {
    const Tensor off = to_blocks(pixels) - plane.coefficients, room = plane.table * kWidth;
    return from_blocks(plane.coefficients + torch::minimum(torch::maximum(off, -room), room));
  };
  // A whole block of rim keeps the phase; sides of one block are too short to mirror it.
  const auto extend = [](const Tensor& pixels) {
    const Tensor p = pixels.unsqueeze(0).unsqueeze(0);
    const bool mirror = std::min(pixels.size(0), pixels.size(1)) > kN;
    return (mirror ? torch::reflection_pad2d(p, {kN, kN, kN, kN}) : torch::replication_pad2d(p, {kN, kN, kN, kN}))
        .squeeze(0)
        .squeeze(0);
  };
  const auto inner = [](const Tensor& p) { return p.slice(0, kN, p.size(0) - kN).slice(1, kN, p.size(1) - kN); };
  const BlockNoise noise = shifted(quantisation_noise(plane));
  const Tensor decoded = extend(from_blocks(plane.coefficients));
  const Tensor pilot = within(inner(shrink_blocks(decoded, noise, kThreshold, {})));
  return within(inner(shrink_blocks(decoded, noise, kThreshold, extend(pilot))));
}

}  // namespace

Tensor quantisation_noise(const QuantisedPicture::Plane& plane) {
  const Tensor numbers = torch::round(plane.coefficients / plane.table).abs().flatten(0, 1);
  const double blocks = static_cast<double>(numbers.size(0));
  Tensor noise = torch::zeros({kN, kN});
  for (int64_t k = 0; k < kN; ++k)
    for (int64_t l = 0; l < kN; ++l) {
      const double step = plane.table[k][l].item<double>();
      // The mean number m of steps is s / (1 - s^2), s = exp(-step / (2 scale)); there may always be one more.
      const double m = (numbers.select(1, k).select(1, l).sum().item<double>() + 0.5) / (blocks + 1);
      const double s = (std::sqrt(1 + 4 * m * m) - 1) / (2 * m), rate = -2 * std::log(s) / step;
      double mass = 0, square = 0;
      constexpr int kPoints = 64;
      for (int i = 0; i < kPoints; ++i) {
        const double e = (i + 0.5) / kPoints - 0.5;  // of a step, in a bin beside zero; half of the bin at zero if > 0
        const double later = std::exp(-rate * step * e) * s * s / (1 - s * s);
        const double density = later + (e > 0 ? std::exp(-rate * step * e) : 0);
        mass += density;
        square += density * e * e * step * step;
      }
      noise[k][l] = square / mass;
    }
  return noise;
}

Tensor shrink_jpeg(const QuantisedPicture& picture) {
  Tensor ycc = to_ycc(picture.decoded()).clone();
  const auto& planes = picture.planes();
  ycc[0] = shrink_plane(planes[0]) + 128.0 / 255;
  for (size_t k = 1; k < planes.size(); ++k) {
    const Sampling sampling = planes[k].sampling;
    const Tensor samples = shrink_plane(planes[k]);
    const LocalLines lines = fit_lines(subsample(ycc[0], sampling), samples, kRadius, kFlat);
    const Tensor along = upsample(lines.slope, sampling) * ycc[0] + upsample(lines.offset, sampling);
    ycc[static_cast<int64_t>(k)] = (along + upsample(samples, sampling)) / 2;
  }
  // Chroma of full size is held to its own coefficients; the mean of smaller samples over an edge would blur it again.
  const Tensor result = from_ycc(ycc);
  return planes.size() > 1 && planes[1].sampling.full() ? picture.project(result, kWidth) : result;
}

}  // namespace pentimento
