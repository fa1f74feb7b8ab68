// SPDX-License-Identifier: GPL-3.0-or-later
#include "measures/null_space.h"

#include <algorithm>
#include <cmath>

#include "imaging/resample.h"
#include "measures/pyramid.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kAtOnce = 64;  // columns of a matrix
constexpr int64_t kLobes = 2;

Tensor shrunk(const Tensor& picture, Shrinking shrinking, int64_t factor) {
  if (shrinking == Shrinking::kLanczos) return lanczos_downsample(picture, factor, kLobes);
  return torch::avg_pool2d(picture, factor, factor, 0, /*ceil_mode=*/true, /*count_include_pad=*/false);
}

// The operator along one axis, ceil(side/factor) x side: what it makes of every single sample.
Tensor matrix(int64_t side, Shrinking shrinking, int64_t factor) {
  std::vector<Tensor> columns;
  for (int64_t begin = 0; begin < side; begin += kAtOnce) {
    const int64_t n = std::min(kAtOnce, side - begin);
    const Tensor unit = torch::zeros({n, 1, side, 1});
    for (int64_t i = 0; i < n; ++i) unit[i][0][begin + i][0] = 1;
    columns.push_back(shrunk(unit, shrinking, factor).view({n, -1}));
  }
  return torch::cat(columns).t().contiguous();
}

// A^T (A A^T)^-1 along the first dimension of what A has made. A A^T has few diagonals, as A sees few neighbours: row
// by row, for all columns at once (Cholesky's decomposition of a band matrix).
Tensor lifted(const Tensor& seen, const Tensor& a, int64_t factor) {
  const int64_t n = a.size(0), reach = std::min(2 * kLobes, n - 1);
  const auto side = static_cast<size_t>(n), diagonals = static_cast<size_t>(reach + 1);
  std::vector<std::vector<double>> lower(side, std::vector<double>(diagonals));  // [i][d]: row i, column i - d
  for (int64_t d = 0; d <= reach; ++d) {
    const Tensor products = (a.narrow(0, 0, n - d) * a.narrow(0, d, n - d)).sum(1, false, torch::kDouble);
    for (int64_t i = d; i < n; ++i)
      lower[static_cast<size_t>(i)][static_cast<size_t>(d)] = products[i - d].item<double>();
  }
  for (size_t i = 0; i < side; ++i)
    for (size_t d = std::min(i, diagonals - 1) + 1; d-- > 0;) {
      double sum = lower[i][d];
      for (size_t k = d + 1; k < diagonals && k <= i; ++k) sum -= lower[i][k] * lower[i - d][k - d];
      lower[i][d] = d == 0 ? std::sqrt(sum) : sum / lower[i - d][0];
    }
  const Tensor x = seen.clone();
  const auto at = [&](size_t i) { return x[static_cast<int64_t>(i)]; };
  for (size_t i = 0; i < side; ++i) {
    for (size_t d = 1; d < diagonals && d <= i; ++d) at(i).sub_(at(i - d), lower[i][d]);
    at(i).div_(lower[i][0]);
  }
  for (size_t i = side; i-- > 0;) {
    for (size_t d = 1; d < diagonals && i + d < side; ++d) at(i).sub_(at(i + d), lower[i + d][d]);
    at(i).div_(lower[i][0]);
  }
  const Tensor result = torch::zeros({a.size(1), seen.size(1)});
  for (int64_t row = 0; row < a.size(1); ++row) {
    const int64_t middle = row / factor;
    for (int64_t i = std::max<int64_t>(middle - kLobes, 0); i <= std::min(middle + kLobes, n - 1); ++i)
      result[row].add_(x[i], a[i][row].item<double>());
  }
  return result;
}

NullSpace energies(const std::vector<Tensor>& lost, const std::vector<Tensor>& whole) {
  NullSpace result;
  double lost_energy = 0, energy = 0;
  for (size_t b = 0; b < whole.size(); ++b) {
    const double part = lost[b].square().mean().item<double>(), all = whole[b].square().mean().item<double>();
    result.bands.push_back(all > 0 ? part / all : 0);
    lost_energy += part;
    energy += all;
  }
  result.all = energy > 0 ? lost_energy / energy : 0;
  return result;
}

}  // namespace

NullSpace null_space(const Tensor& result, const Tensor& original, Shrinking shrinking, int64_t factor) {
  const Tensor plane = luminance(result), y = plane[0][0];
  // A works on rows and columns apart, and so does its pseudo-inverse.
  const Tensor seen = shrunk(plane, shrinking, factor)[0][0];
  const Tensor rows = lifted(seen, matrix(y.size(0), shrinking, factor), factor);
  const Tensor range = lifted(rows.t().contiguous(), matrix(y.size(1), shrinking, factor), factor).t();
  NullSpace found = energies(measured_bands(y - range), measured_bands(y));
  found.inconsistency = 255 * (shrunk(result, shrinking, factor) - original).square().mean().sqrt().item<double>();
  return found;
}

NullSpace null_space_of_hole(const Tensor& result, const Tensor& hole) {
  const std::vector<Tensor> whole = measured_bands(luminance(result)[0][0]);
  std::vector<Tensor> lost;
  int64_t step = 1;
  for (const Tensor& band : whole) {
    lost.push_back(band * hole.slice(0, 0, {}, step).slice(1, 0, {}, step));
    step *= 2;
  }
  return energies(lost, whole);
}

}  // namespace pentimento
