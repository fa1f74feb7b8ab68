// SPDX-License-Identifier: GPL-3.0-or-later
// pentimento-sample CLEAN.ppm NOISY.ppm [WIDTH HEIGHT]: renders a landscape that is nobody's photograph, and the same
// with the noise of a high ISO setting (standard deviation 25 of 255, clipped).
#include <torch/torch.h>

#include <cmath>
#include <cstdio>
#include <string>

#include "imaging/pnm.h"

namespace {

using torch::Tensor;

Tensor colour(double r, double g, double b) { return torch::tensor({r, g, b}, torch::kFloat).view({1, 3, 1, 1}) / 255; }

Tensor step(const Tensor& x, double from, double to) {
  const Tensor t = ((x - from) / (to - from)).clamp(0, 1);
  return t * t * (3 - 2 * t);
}

// Fractal value noise in about -1..1: octaves of random grids, each twice as fine and `roughness` as strong.
Tensor fractal(int64_t h, int64_t w, int64_t cells_y, int64_t cells_x, int octaves, double roughness) {
  Tensor sum = torch::zeros({1, 1, h, w});
  double strength = 1;
  for (int i = 0; i < octaves && cells_y < 2 * h && cells_x < 2 * w; ++i) {
    sum += strength * torch::upsample_bicubic2d(torch::rand({1, 1, cells_y + 1, cells_x + 1}) * 2 - 1, {h, w}, true);
    cells_y *= 2;
    cells_x *= 2;
    strength *= roughness;
  }
  return sum;
}

// One row of fractal noise: a ridge line.
Tensor ridge(int64_t w, int64_t cells, int octaves, double roughness) {
  return fractal(1, w, 1, cells, octaves, roughness).slice(2, 0, 1);
}

struct Scene {
  int64_t h, w;
  Tensor y, x, picture;  // y and x in units of the height

  Scene(int64_t height, int64_t width) : h(height), w(width) {
    y = ((torch::arange(h, torch::kFloat) + 0.5) / h).view({1, 1, h, 1});
    x = ((torch::arange(w, torch::kFloat) + 0.5) / h).view({1, 1, 1, w});
  }

  void lay(const Tensor& mask, const Tensor& paint) { picture = picture * (1 - mask) + paint * mask; }
  double pixel() const { return 1.0 / static_cast<double>(h); }

  void sky() {
    const Tensor t = step(y, 0.0, 0.62);
    picture = colour(58, 98, 158) * (1 - t) + colour(250, 206, 160) * t;
    picture = picture.expand({1, 3, h, w}).clone();
    const Tensor sun = torch::sqrt((x - 1.02).square() + (y - 0.36).square());
    lay(torch::exp(-sun.square() / 0.045) * 0.65, colour(255, 214, 150));
    lay(1 - step(sun, 0.034, 0.034 + 2 * pixel()), colour(255, 250, 232));
    const Tensor clouds = fractal(h, w, 9, 3, 6, 0.55) + 0.25 * torch::sin(y * 40);
    lay(step(clouds, 0.15, 1.1) * (1 - step(y, 0.38, 0.55)) * 0.75, colour(255, 232, 214));
  }

  void mountains() {
    const double base[] = {0.44, 0.51, 0.58}, height[] = {0.10, 0.075, 0.05};
    const Tensor near[] = {colour(122, 128, 158), colour(88, 96, 122), colour(48, 66, 70)};
    for (int i = 0; i < 3; ++i) {
      const Tensor line = base[i] - height[i] * ridge(w, 4 + 2 * i, 7, 0.52).abs();
      const Tensor relief = fractal(h, w, 24 + 16 * i, 10 + 8 * i, 5, 0.6);
      const Tensor snow = i == 0 ? step(relief - (y - line) * 22, -0.1, 0.25) : torch::zeros_like(relief);
      const Tensor rock = near[i] * (1 + 0.16 * relief);
      lay(step(y - line, 0, 2 * pixel()), rock * (1 - snow) + colour(236, 226, 226) * snow);
    }
  }

  void forest() {
    const Tensor trunk = torch::floor(x * 46), within = x * 46 - trunk - 0.5;
    const Tensor size = 0.03 + 0.045 * torch::frac(torch::sin(trunk * 12.9898) * 43758.5453).abs();
    const Tensor top = 0.635 - size;
    const Tensor half = ((y - top) / size).clamp(0, 1) * (0.42 + 0.1 * torch::sin(y * 420));
    const Tensor trees = step(half - within.abs(), 0.0, 0.08) * step(y - top, 0, 2 * pixel());
    lay(trees * (1 - step(x, 0.55, 0.6) * (1 - step(x, 1.15, 1.2))),
        colour(24, 44, 38) * (1 + 0.3 * fractal(h, w, 60, 90, 2, 0.7)));
  }

  // The upper part mirrored, rippled and darkened.
  void lake(double shore) {
    const int64_t top = static_cast<int64_t>(shore * static_cast<double>(h));
    const Tensor depth = (torch::arange(h - top, torch::kFloat) + 0.5).view({-1, 1}) / static_cast<double>(h - top);
    const Tensor ripple = fractal(h, w, 60, 6, 4, 0.7).slice(2, top).view({h - top, w});
    const Tensor rows =
        (top - 1 - (torch::arange(h - top, torch::kFloat).view({-1, 1}) * 1.25 + ripple * (1 + 9 * depth)))
            .clamp(0, top - 1);
    const Tensor mirrored = picture.squeeze(0).gather(1, rows.to(torch::kLong).unsqueeze(0).expand({3, -1, -1}));
    const Tensor water = mirrored * 0.82 * (1 + 0.09 * ripple) + 0.14 * colour(70, 104, 128).squeeze(0) * depth;
    picture.slice(2, top).copy_(water.unsqueeze(0));
  }

  void jetty() {
    const Tensor plank = step(torch::sin((y - 0.7) * 260 / (0.25 + y)).abs(), 0.05, 0.25);
    const Tensor left = 0.20 - 0.16 * (y - 0.64) / 0.36, right = 0.30 + 0.24 * (y - 0.64) / 0.36;
    const Tensor deck = step(x - left, 0, 2 * pixel()) * step(right - x, 0, 2 * pixel()) * step(y, 0.655, 0.665);
    const Tensor grain = 1 + 0.22 * fractal(h, w, 12, 160, 3, 0.7);
    lay(deck, colour(150, 116, 84) * grain * (0.45 + 0.55 * plank));
  }

  void hut() {
    const auto box = [&](double l, double r, double t, double b) {
      return step(x, l, l + 1.5 * pixel()) * (1 - step(x, r, r + 1.5 * pixel())) * step(y, t, t + 1.5 * pixel()) *
             (1 - step(y, b, b + 1.5 * pixel()));
    };
    lay(box(0.60, 0.84, 0.50, 0.635), colour(142, 60, 46) * (0.86 + 0.14 * torch::sign(torch::sin(x * 380))));
    const Tensor roof = step(y - (0.40 + 0.62 * (x - 0.72).abs()), 0, 3 * pixel()) * box(0.57, 0.87, 0.38, 0.505);
    lay(roof, colour(70, 58, 60) * (0.9 + 0.1 * torch::sign(torch::sin((y - 0.62 * (x - 0.72).abs()) * 420))));
    for (const double l : {0.635, 0.755}) {
      lay(box(l - 0.008, l + 0.058, 0.532, 0.588), colour(236, 226, 206));
      lay(box(l, l + 0.05, 0.54, 0.58), colour(255, 206, 112));
      lay(box(l + 0.022, l + 0.027, 0.54, 0.58), colour(236, 226, 206));
    }
  }
};

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3 && argc != 5) {
    std::fprintf(stderr, "usage: %s CLEAN.ppm NOISY.ppm [WIDTH HEIGHT]\n", argv[0]);
    return 2;
  }
  const int64_t width = argc == 5 ? std::stol(argv[3]) : 384, height = argc == 5 ? std::stol(argv[4]) : 256;
  torch::manual_seed(7);
  Scene scene(height, width);
  scene.sky();
  scene.mountains();
  scene.forest();
  scene.hut();
  scene.lake(0.635);
  scene.jetty();
  const Tensor clean = scene.picture.clamp(0, 1);
  pentimento::write_pnm(argv[1], clean);
  pentimento::write_pnm(argv[2], clean + torch::randn_like(clean) * 25 / 255);
  return 0;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
