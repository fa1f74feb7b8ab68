// SPDX-License-Identifier: GPL-3.0-or-later
#include "measures/explanations.h"

#include <algorithm>
#include <vector>

#include "measures/pyramid.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr double kLevel = 1.0 / 255;

Tensor padded(const Tensor& planes, int64_t by) { return torch::replication_pad2d(planes, {by, by, by, by}); }

// Mean over (2 radius + 1)^2 samples.
Tensor local_mean(const Tensor& planes, int64_t radius) {
  return torch::avg_pool2d(padded(planes, radius), 2 * radius + 1, 1);
}

std::vector<Tensor> neighbours(const Tensor& plane, int64_t radius) {
  const Tensor wide = padded(plane, radius);
  std::vector<Tensor> result;
  for (int64_t y = 0; y <= 2 * radius; ++y)
    for (int64_t x = 0; x <= 2 * radius; ++x)
      result.push_back(wide.narrow(1, y, plane.size(1)).narrow(2, x, plane.size(2)));
  return result;
}

// The exact median of nine, by an exchange network (Smith, "Implementing median filters in XC4000E FPGAs", 1996).
Tensor median_of_nine(std::vector<Tensor> v) {
  const auto sort = [&v](size_t a, size_t b) {
    const Tensor least = torch::minimum(v[a], v[b]);
    v[b] = torch::maximum(v[a], v[b]);
    v[a] = least;
  };
  for (size_t i = 0; i < 9; i += 3) {
    sort(i + 1, i + 2);
    sort(i, i + 1);
    sort(i + 1, i + 2);
  }
  const Tensor low = torch::maximum(torch::maximum(v[0], v[3]), v[6]);
  const Tensor high = torch::minimum(torch::minimum(v[2], v[5]), v[8]);
  const Tensor middle = torch::maximum(torch::minimum(v[1], v[4]), torch::minimum(torch::maximum(v[1], v[4]), v[7]));
  return torch::maximum(torch::minimum(low, middle), torch::minimum(torch::maximum(low, middle), high));
}

int64_t colors_of(const OriginalPart& part) { return part.low.size(0) / 3; }

Tensor steepness(const Tensor& plane) {
  const std::vector<Tensor> n = neighbours(plane, 1);
  return ((n[5] - n[3]).square() + (n[7] - n[1]).square()).sqrt_().mul_(0.5);
}

Tensor band_of(const Tensor& plane) { return plane - b_spline(plane); }

}  // namespace

Tensor with_powers(const Tensor& picture) {
  const Tensor square = picture * picture;
  return torch::cat({picture, square, square * picture});
}

Tensor local_copy(const OriginalPart& part) {
  const Tensor bands = part.band();
  const int64_t colors = colors_of(part);
  const Tensor luma = luminance(bands.narrow(0, 0, colors));
  std::vector<Tensor> rows = neighbours(luma, 2);
  rows.insert(rows.begin(), torch::ones_like(luma));
  // The luminance is a sum of the colours: one of them says nothing new.
  rows.push_back(bands.narrow(0, 1, bands.size(0) - 1));
  return torch::cat(rows);
}

Tensor looks(const OriginalPart& part) {
  const int64_t colors = colors_of(part), h = part.low.size(1), w = part.low.size(2);
  const Tensor low = luminance(part.low.narrow(0, 0, colors)), smooth = luminance(part.smooth.narrow(0, 0, colors));
  const Tensor band = low - smooth;
  const Tensor next = band_of(every_second(smooth));
  const Tensor coarse = torch::upsample_bilinear2d(next.unsqueeze(0), {2 * next.size(1), 2 * next.size(2)}, false)
                            .squeeze(0)
                            .slice(1, 0, h)
                            .slice(2, 0, w);
  const Tensor near = local_mean(band * band, 1), far = local_mean(band * band, 3),
               wide = local_mean(coarse * coarse, 2);
  // The gain of a Wiener filter against noise of so many 8-bit levels.
  const auto gain = [](const Tensor& energy, double levels) {
    const double noise = levels * levels * kLevel * kLevel;
    return energy / (energy + noise);
  };
  const Tensor slope = steepness(smooth);
  return torch::cat({coarse, band * gain(near, 2), band * gain(near, 6), band * gain(far, 2), band * gain(far, 6),
                     band * gain(far, 18), band * gain(wide, 6), coarse * gain(near, 6), coarse * gain(wide, 6),
                     coarse * gain(wide, 18), near.sqrt(), wide.sqrt(), band_of(slope),
                     band_of(median_of_nine(neighbours(low, 1))), band * slope, band * coarse});
}

FeatureMap::FeatureMap(Tensor planes, int64_t height, int64_t width) : planes_(std::move(planes)) {
  pitch_y_ = static_cast<double>(height) / static_cast<double>(planes_.size(1));
  pitch_x_ = static_cast<double>(width) / static_cast<double>(planes_.size(2));
  first_y_ = (pitch_y_ - 1) / 2;
  first_x_ = (pitch_x_ - 1) / 2;
}

Tensor FeatureMap::at(int64_t top, int64_t left, int64_t rows, int64_t columns, int64_t step) const {
  const auto places = [step](int64_t start, int64_t n, double first, double pitch, int64_t side) {
    const Tensor place = (torch::arange(n, torch::kDouble) * step + static_cast<double>(start * step) - first) / pitch;
    return place.clamp(0, static_cast<double>(side - 1));
  };
  const auto mixed = [](const Tensor& planes, int64_t dimension, const Tensor& place) {
    const Tensor before = place.floor().to(torch::kLong);
    const Tensor after = (before + 1).clamp_max(planes.size(dimension) - 1);
    Tensor share = (place - place.floor()).to(planes.scalar_type());
    if (dimension == 1) share = share.unsqueeze(1);
    return torch::lerp(planes.index_select(dimension, before), planes.index_select(dimension, after), share);
  };
  const Tensor y = places(top, rows, first_y_, pitch_y_, planes_.size(1));
  const Tensor x = places(left, columns, first_x_, pitch_x_, planes_.size(2));
  return mixed(mixed(planes_, 1, y), 2, x);
}

FeatureMap FeatureMap::coarser(int64_t step) const {
  FeatureMap result = *this;
  if (std::min(pitch_y_, pitch_x_) >= static_cast<double>(step)) return result;
  result.planes_ = every_second(b_spline(planes_));
  result.pitch_y_ *= 2;
  result.pitch_x_ *= 2;
  return result;
}

}  // namespace pentimento
