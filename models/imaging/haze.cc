// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/haze.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "imaging/resample.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kDarkRadius = 7;
constexpr double kHazyShare = 0.01;  // of the pixels, from which the airlight is taken
constexpr double kLeastTransmission = 0.1;
constexpr double kFaint = 0.25;        // of the airlight's strongest channel
constexpr int64_t kGridSide = 150;     // cells along the longer side
constexpr double kBelow = 0.99;        // the weight of a bound that t lies below; above it, one less this
constexpr double kSmoothness = 30;     // of a link between neighbours
constexpr double kEdge = 0.2;          // the difference, over all channels, at which a link is e times weaker
constexpr double kWeakestLink = 0.03;  // at an edge, of a link's weight
constexpr int64_t kReweightings = 8;
constexpr int64_t kMostSteps = 400;  // of conjugate gradients
constexpr double kExact = 1e-4;      // where these stop: the residual's norm by that of the right side

// Links of a grid of frames x rows x columns: of a cell with the next one in each direction.
struct Links {
  int64_t frames, rows, columns;
  std::vector<float> next_frame, down, right;

  explicit Links(const Tensor& cells) : frames(cells.size(0)), rows(cells.size(2)), columns(cells.size(3)) {
    const Tensor guide = cells.contiguous();
    const auto weights = [&](int64_t dimension) {
      const int64_t n = guide.size(dimension);
      Tensor all = torch::zeros({frames, rows, columns});
      if (n < 2) return to_vector(all);
      const Tensor difference = (guide.slice(dimension, 1, n) - guide.slice(dimension, 0, n - 1)).abs().sum(1);
      const int64_t own = dimension == 0 ? 0 : dimension - 1;
      all.slice(own, 0, n - 1).copy_(kSmoothness * (-difference / kEdge).exp().clamp_min(kWeakestLink));
      return to_vector(all);
    };
    next_frame = weights(0);
    down = weights(2);
    right = weights(3);
  }

  static std::vector<float> to_vector(const Tensor& t) {
    const Tensor c = t.contiguous();
    return {c.const_data_ptr<float>(), c.const_data_ptr<float>() + c.numel()};
  }

  size_t cells() const { return right.size(); }

  // Calls f(a, b, weight) for every linked pair of cells.
  template <class F>
  void each(const F& f) const {
    const auto line = static_cast<size_t>(columns), plane = static_cast<size_t>(rows * columns);
    for (size_t i = 0; i < cells(); ++i) {
      if (right[i] > 0) f(i, i + 1, right[i]);
      if (down[i] > 0) f(i, i + line, down[i]);
      if (next_frame[i] > 0) f(i, i + plane, next_frame[i]);
    }
  }
};

using Vector = std::vector<double>;

double product(const Vector& a, const Vector& b) {
  double sum = 0;
  for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

// Solves (diag(weight) + Laplacian) x = weight y from where x stands.
void solve(const Links& links, const Vector& weight, const Vector& y, Vector& x) {
  const size_t n = x.size();
  Vector diagonal = weight, residual(n), search(n), image(n), scaled(n);
  links.each([&](size_t a, size_t b, double w) { diagonal[a] += w, diagonal[b] += w; });
  const auto apply = [&](const Vector& v, Vector& to) {
    for (size_t i = 0; i < n; ++i) to[i] = weight[i] * v[i];
    links.each([&](size_t a, size_t b, double w) {
      const double pull = w * (v[a] - v[b]);
      to[a] += pull, to[b] -= pull;
    });
  };
  apply(x, image);
  double size = 0;
  for (size_t i = 0; i < n; ++i) {
    residual[i] = weight[i] * y[i] - image[i];
    size += weight[i] * y[i] * weight[i] * y[i];
    search[i] = scaled[i] = residual[i] / diagonal[i];
  }
  double steepness = product(residual, scaled);
  for (int64_t step = 0; step < kMostSteps && product(residual, residual) > kExact * kExact * size; ++step) {
    apply(search, image);
    const double length = steepness / product(search, image);
    for (size_t i = 0; i < n; ++i) {
      x[i] += length * search[i];
      residual[i] -= length * image[i];
      scaled[i] = residual[i] / diagonal[i];
    }
    const double before = steepness;
    steepness = product(residual, scaled);
    for (size_t i = 0; i < n; ++i) search[i] = scaled[i] + steepness / before * search[i];
  }
}

}  // namespace

Tensor dark_channel(const Tensor& picture, int64_t radius) {
  const int64_t side = 2 * radius + 1;
  const auto along = [&](const Tensor& t, int64_t down, int64_t right) {
    return -torch::max_pool2d(-t, {down > 0 ? side : 1, right > 0 ? side : 1}, 1, {down, right});
  };
  return along(along(picture.amin(1, true), radius, 0), 0, radius);
}

Tensor find_airlight(const Tensor& picture) {
  const Tensor smooth = torch::avg_pool2d(picture, 3, 1, 1, false, false);
  const Tensor dark = dark_channel(smooth, kDarkRadius).flatten();
  const int64_t count = std::max<int64_t>(1, std::llround(kHazyShare * static_cast<double>(dark.numel())));
  const Tensor hazy = std::get<1>(dark.topk(count));
  return smooth.permute({1, 0, 2, 3}).reshape({3, -1}).index_select(1, hazy).amax(1).view({1, 3, 1, 1});
}

Tensor least_transmission(const Tensor& picture, const Tensor& airlight) {
  // What the airlight hardly has says nothing: the ratio goes to one channel that counts.
  const Tensor counts = airlight > kFaint * airlight.amax(1, true);
  return (1 - torch::where(counts, picture / airlight.clamp_min(1.0 / 255), torch::ones({})).amin(1, true)).clamp(0, 1);
}

Tensor transmission_envelope(const Tensor& picture, const Tensor& bound) {
  const int64_t height = bound.size(2), width = bound.size(3);
  const int64_t cell = std::max<int64_t>(1, (std::max(height, width) + kGridSide / 2) / kGridSide);
  const int64_t rows = (height + cell - 1) / cell, columns = (width + cell - 1) / cell;
  const Links links(area_shrink(picture, rows, columns));
  const std::vector<float> highest = Links::to_vector(std::get<0>(torch::adaptive_max_pool2d(bound, {rows, columns})));
  const Vector y(highest.begin(), highest.end());
  Vector t = y, weight(y.size());
  for (int64_t k = 0; k < kReweightings; ++k) {
    for (size_t i = 0; i < t.size(); ++i) weight[i] = y[i] > t[i] ? kBelow : 1 - kBelow;
    solve(links, weight, y, t);
  }
  const Tensor grid = torch::tensor(t, torch::kDouble).to(torch::kFloat).view({bound.size(0), 1, rows, columns});
  return enlarge(grid, height, width).clamp(0, 1);
}

Tensor scene_behind(const Tensor& picture, const Tensor& transmission, const Tensor& airlight) {
  return (picture - airlight).div_(transmission.clamp_min(kLeastTransmission)).add_(airlight).clamp_(0, 1);
}

}  // namespace pentimento
