// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <numbers>

#include "train/degradations.h"
#include "train/scenery.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kReach = 32;  // no streak is longer than twice that, in pixels
constexpr double kDegree = std::numbers::pi / 180;

// How drops look at a distance.
struct Distance {
  double least_length, most_length, least_width, most_width;  // of a streak, in pixels; its width as a Gaussian's
  double density;                                             // drops a pixel in heavy rain
};
constexpr Distance kDistances[] = {
    {9, 16, 0.35, 0.6, 0.012}, {16, 29, 0.7, 0.95, 0.006}, {22, 42, 1.05, 1.3, 0.002}};  // far to near

// The look of one drop that falls while the shutter is open, N x 1 x (2 kReach + 1)^2.
Tensor streak(const Tensor& angle, const Tensor& length, const Tensor& width) {
  const Tensor side = torch::arange(-kReach, kReach + 1, torch::kFloat);
  const Tensor y = side.view({1, 1, -1, 1}), x = side.view({1, 1, 1, -1});
  const Tensor along = x * angle.sin() + y * angle.cos(), across = x * angle.cos() - y * angle.sin();
  return (-across.square() / (2 * width.square())).exp() * (1 - (2 * along / length).pow(4)).clamp_min(0);
}

// The kernels at the drops, by way of their spectra; both wrap around, so a margin is cut off.
Tensor scattered(const Tensor& drops, const Tensor& kernels) {
  const int64_t height = drops.size(2), width = drops.size(3);
  const Tensor product = torch::fft_rfft2(drops) * torch::fft_rfft2(kernels, {{height, width}});
  return torch::fft_irfft2(product, {{height, width}}).slice(2, 2 * kReach).slice(3, 2 * kReach);
}

}  // namespace

Tensor with_rain(const Tensor& clean) {
  const int64_t n = clean.size(0), height = clean.size(2), width = clean.size(3);
  const Tensor angle = uniform(n, -35, 35), heaviness = uniform(n, 0.4, 1);
  Tensor light = linear(clean);
  for (const Distance& d : kDistances) {
    const Tensor kernels = streak((angle + uniform(n, -4, 4)) * kDegree, uniform(n, d.least_length, d.most_length),
                                  uniform(n, d.least_width, d.most_width));
    const auto field = [&] { return torch::rand({n, 1, height + 2 * kReach, width + 2 * kReach}); };
    const Tensor density = heaviness * uniform(n, 0.5, 1.5) * d.density;
    const Tensor drops = (field() < density).to(torch::kFloat) * (0.3 + 0.7 * field());
    const Tensor opacity = scattered(drops, kernels).clamp(0, 1) * uniform(n, 0.25, 0.7);
    light =
        light.lerp(uniform(n, 0.6, 1).to(clean.device()).expand_as(light), opacity.to(clean.device()).expand_as(light));
  }
  const Tensor veil = uniform(n, 0, 0.12) * heaviness, air = uniform(n, 0.5, 0.9);
  light = light * (1 - veil).to(clean.device()) + (veil * air).to(clean.device());
  return encoded(light).clamp(0, 1);
}

}  // namespace pentimento
