// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/guided_filter.h"

namespace pentimento {

using torch::Tensor;

namespace {

// Means over windows whose parts outside the picture do not count.
Tensor window_mean(const Tensor& plane, int64_t radius) {
  const int64_t size = 2 * radius + 1;
  return torch::avg_pool2d(plane.unsqueeze(0), {size, size}, {1, 1}, {radius, radius}, false, false).squeeze(0);
}

}  // namespace

LocalLines fit_lines(const Tensor& guide, const Tensor& plane, int64_t radius, double flat) {
  const Tensor g = window_mean(guide, radius), p = window_mean(plane, radius);
  const Tensor variance = (window_mean(guide * guide, radius) - g * g).clamp_min(0),
               covariance = window_mean(guide * plane, radius) - g * p;
  const Tensor slope = covariance / (variance + flat);
  return {window_mean(slope, radius), window_mean(p - slope * g, radius), variance};
}

}  // namespace pentimento
