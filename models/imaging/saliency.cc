// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/saliency.h"

#include <algorithm>
#include <vector>

#include "imaging/dct_shrinkage.h"
#include "imaging/geodesic.h"
#include "imaging/joint_estimate.h"
#include "imaging/resample.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kCells = 28 * 28;  // the picture is looked at in
constexpr double kSameColor = 0.12;  // geodesic distance within what hangs together
constexpr double kConnected = 1.0;   // boundary connectivity of what is background
constexpr double kReach = 0.3;       // of contrasts, in shares of the larger side
constexpr double kCentre = 0.35;     // standard deviation of the preference for the centre
constexpr int64_t kEdgeRadius = 12;
constexpr double kFlat = 1e-3;

Tensor bell(const Tensor& distance, double deviation) {
  return torch::exp(distance.square() / (-2 * deviation * deviation));
}

Tensor from_zero_to_one(const Tensor& t) {
  const Tensor least = t.min();
  return (t - least) / (t.max() - least).clamp_min(1e-12);
}

}  // namespace

Tensor saliency(const Tensor& picture) {
  const int64_t h = picture.size(2), w = picture.size(3);
  const Tensor small = decorrelate(fit_within(picture, kCells));
  const int64_t rows = small.size(2), columns = small.size(3), cells = rows * columns;
  const auto larger = static_cast<double>(std::max(rows, columns));

  std::vector<Tensor> ways;
  for (int64_t i = 0; i < cells; ++i) {
    Tensor seed = torch::zeros({1, 1, rows, columns});
    seed.view({-1})[i] = 1;
    ways.push_back(geodesic_distance(small, seed, 0, 2).view({-1}));
  }
  const Tensor together = bell(torch::stack(ways), kSameColor);
  Tensor rim = torch::ones({rows, columns});
  if (rows > 2 && columns > 2) rim.slice(0, 1, rows - 1).slice(1, 1, columns - 1).fill_(0);
  const Tensor connectivity = together.matmul(rim.view({-1})) / together.sum(1).sqrt();
  const Tensor background = 1 - bell(connectivity, kConnected);

  const Tensor colors = small[0].flatten(1).t().contiguous();
  const Tensor y = torch::arange(rows, torch::kFloat).view({-1, 1}).expand({rows, columns});
  const Tensor x = torch::arange(columns, torch::kFloat).expand({rows, columns});
  const Tensor places = torch::stack({y, x}, 2).view({cells, 2}) / larger;
  const Tensor contrast =
      (torch::cdist(colors, colors) * bell(torch::cdist(places, places), kReach)).matmul(background) *
      (1 - 0.8 * background);
  const Tensor centre = torch::tensor({static_cast<float>(rows - 1), static_cast<float>(columns - 1)}) / (2 * larger);
  const Tensor preferred = bell((places - centre).square().sum(1).sqrt(), kCentre);
  const Tensor map = enlarge(from_zero_to_one(contrast * preferred).view({1, 1, rows, columns}), h, w);
  return from_zero_to_one(guided_filter(picture, map, kEdgeRadius, kFlat));
}

Tensor equalised(const Tensor& picture) {
  const Tensor sorted = std::get<0>(picture.flatten().sort());
  const Tensor below = torch::searchsorted(sorted, picture.contiguous());
  return below.to(torch::kFloat) / static_cast<double>(std::max<int64_t>(1, picture.numel() - 1));
}

}  // namespace pentimento
