// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/joint_estimate.h"

#include <cmath>
#include <vector>

#include "imaging/dct_blocks.h"
#include "imaging/dct_shrinkage.h"
#include "imaging/resample.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kRadius = 8;
constexpr double kFlat = 2e-4;
constexpr double kStrength = 2;  // of the noise found: coarse noise has more power where the signal has its own

// Over the part of the window that lies in the picture: a repeated edge would count its noise many times.
Tensor box_mean(const Tensor& picture, int64_t radius) {
  const int64_t side = 2 * radius + 1;
  const auto along = [&](const Tensor& t, int64_t down, int64_t right) {
    return torch::avg_pool2d(t, {down > 0 ? side : 1, right > 0 ? side : 1}, 1, {down, right}, /*ceil_mode=*/false,
                             /*count_include_pad=*/false);
  };
  return along(along(picture, radius, 0), 0, radius);
}

// The median absolute deviation as a normal distribution's standard deviation.
double deviation(const Tensor& plane) { return plane.abs().median().item<double>() / 0.6745; }

}  // namespace

Tensor smoothed(const Tensor& picture, int64_t radius) { return box_mean(box_mean(picture, radius), radius); }

ColorLines color_lines(const Tensor& guide, const Tensor& picture, int64_t radius, double flat) {
  const int64_t channels = guide.size(1);
  const Tensor guide_mean = box_mean(guide, radius), mean = box_mean(picture, radius);
  // The covariances of all pairs, as H x W x C x C and H x W x C x planes.
  const auto covariance = [&](const Tensor& other, const Tensor& other_mean) {
    std::vector<Tensor> rows;
    for (int64_t c = 0; c < channels; ++c) {
      const Tensor own = guide.slice(1, c, c + 1), own_mean = guide_mean.slice(1, c, c + 1);
      rows.push_back((box_mean(own * other, radius) - own_mean * other_mean)[0].permute({1, 2, 0}));
    }
    return torch::stack(rows, 2);
  };
  const Tensor slopes =
      torch::linalg_solve(covariance(guide, guide_mean) + flat * torch::eye(channels), covariance(picture, mean))
          .flatten(2)
          .permute({2, 0, 1})
          .unsqueeze(0);
  Tensor offset = mean;
  for (int64_t c = 0; c < channels; ++c)
    offset = offset - slopes.slice(1, c * mean.size(1), (c + 1) * mean.size(1)) * guide_mean.slice(1, c, c + 1);
  return {box_mean(slopes, radius), box_mean(offset, radius)};
}

Tensor ColorLines::over(const Tensor& guide) const {
  const int64_t planes = offset.size(1), h = guide.size(2), w = guide.size(3);
  const auto enlarged = [&](const Tensor& t) { return t.size(2) == h && t.size(3) == w ? t : enlarge(t, h, w); };
  Tensor result = enlarged(offset).clone();
  for (int64_t c = 0; c < guide.size(1); ++c)
    result.addcmul_(enlarged(slopes.slice(1, c * planes, (c + 1) * planes)), guide.slice(1, c, c + 1));
  return result;
}

Tensor guided_filter(const Tensor& guide, const Tensor& picture, int64_t radius, double flat) {
  return color_lines(guide, picture, radius, flat).over(guide);
}

Tensor joint_estimate(const Tensor& guide, const Tensor& noisy) {
  const Tensor pilot = decorrelate(guided_filter(guide, noisy, kRadius, kFlat));
  // Wiener's gain is below one for the mean too; the tone must not suffer.
  const Tensor tone = smoothed(pilot, kRadius), planes = decorrelate(noisy) - tone, signal = pilot - tone;
  const int64_t pad = kDctBlock - 1;
  const Tensor all = torch::reflection_pad2d(torch::cat({planes, signal}), {pad, pad, pad, pad});
  std::vector<Tensor> filtered;
  for (int64_t k = 0; k < planes.size(1); ++k) {
    const BlockNoise noise = BlockNoise::white(kStrength * deviation(planes[0][k] - signal[0][k]));
    filtered.push_back(shrink_blocks(all[0][k], noise, 0, all[1][k]));
  }
  const Tensor inner =
      torch::stack(filtered).unsqueeze(0).slice(2, pad, pad + noisy.size(2)).slice(3, pad, pad + noisy.size(3));
  return correlate(tone + inner);
}

}  // namespace pentimento
