// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "measures/explanations.h"
#include "measures/regression.h"

namespace pentimento {

// Sums over samples of a band's bits and where they come from.
struct BitSums {
  double samples = 0, total = 0, retained = 0, extracted = 0, invented = 0, redundancy = 0;

  void add(double n, const Explained& explained);
  void add(const BitSums& other);
};

// From begin to before end.
struct Span {
  int64_t begin, end;
  int64_t size() const { return end - begin; }
  torch::Tensor of(const torch::Tensor& t, int64_t dimension) const { return t.slice(dimension, begin, end); }
};

// `side` samples in spans of about `length`, each of which begins at an even one.
std::vector<Span> spans(int64_t side, int64_t length);

// One level of the transform of a picture and of what was made of it. At the first level the planes are the pictures
// themselves, C x H x W; at the others the smoothed original with its powers, and the result's luminance.
struct Level {
  torch::Tensor original, result;
  torch::Tensor hole;          // H x W, bool: samples that are invented by construction; or undefined
  const FeatureMap* features;  // or nullptr: a fixed bank
  int64_t step;                // pixels between two samples

  int64_t height() const { return result.size(1); }
  int64_t width() const { return result.size(2); }
};

// What a part of a level tells.
struct PartFindings {
  BitSums sums;
  // 4 x h x w, or means over 2 x 2 at the first level: squared residuals in the order of Explained::residuals.
  torch::Tensor energies;
  torch::Tensor original, result;  // the part of the next level's planes
};

// The part begins at even samples.
PartFindings look_at(const Level& level, const Span& rows, const Span& columns);

}  // namespace pentimento
