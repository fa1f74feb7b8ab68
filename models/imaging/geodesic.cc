// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/geodesic.h"

#include <algorithm>
#include <cmath>

namespace pentimento {

using torch::Tensor;

namespace {

constexpr float kFar = 1e6f;

class Sweeping {
 public:
  Sweeping(const Tensor& frames, const Tensor& seeds, double step)
      : color_(frames.permute({0, 2, 3, 1}).contiguous()),
        distance_(torch::where(seeds > 0.5, torch::zeros({}), torch::full({}, kFar)).contiguous()),
        frames_(frames.size(0)),
        height_(frames.size(2)),
        width_(frames.size(3)),
        channels_(frames.size(1)),
        step_(static_cast<float>(step / static_cast<double>(std::max(height_, width_)))) {}

  // Onwards through the sequence in reading order, or backwards.
  void sweep(bool onwards) {
    const int64_t pixels = frames_ * height_ * width_, row = width_, plane = height_ * width_, side = onwards ? -1 : 1;
    for (int64_t k = 0; k < pixels; ++k) {
      const int64_t i = onwards ? k : pixels - 1 - k;
      const int64_t x = i % width_, y = i / width_ % height_, f = i / plane;
      const bool beside = onwards ? x > 0 : x + 1 < width_, other = onwards ? x + 1 < width_ : x > 0;
      const bool above = onwards ? y > 0 : y + 1 < height_, before = onwards ? f > 0 : f + 1 < frames_;
      if (beside) from(i, i + side, 1);
      if (above) from(i, i + side * row, 1);
      if (above && beside) from(i, i + side * (row + 1), std::sqrt(2.0f));
      if (above && other) from(i, i + side * (row - 1), std::sqrt(2.0f));
      if (before) from(i, i + side * plane, 1);
    }
  }

  Tensor distance() const { return distance_; }

 private:
  void from(int64_t i, int64_t n, float length) {
    float* d = distance_.data_ptr<float>();
    if (d[n] >= d[i]) return;
    const float *a = color_.const_data_ptr<float>() + i * channels_,
                *b = color_.const_data_ptr<float>() + n * channels_;
    float change = 0;
    for (int64_t c = 0; c < channels_; ++c) change += (a[c] - b[c]) * (a[c] - b[c]);
    d[i] = std::min(d[i], d[n] + std::sqrt(change) + step_ * length);
  }

  Tensor color_, distance_;
  int64_t frames_, height_, width_, channels_;
  float step_;
};

}  // namespace

Tensor geodesic_distance(const Tensor& frames, const Tensor& seeds, double step, int64_t sweeps) {
  Sweeping sweeping(frames, seeds, step);
  for (int64_t k = 0; k < sweeps; ++k) {
    sweeping.sweep(true);
    sweeping.sweep(false);
  }
  return sweeping.distance();
}

}  // namespace pentimento
