// SPDX-License-Identifier: GPL-3.0-or-later
#include "measures/null_space.h"

#include <ATen/ops/cholesky_solve.h>
#include <ATen/ops/linalg_cholesky.h>

#include <algorithm>

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

// A^T (A A^T)^-1 along the first dimension.
Tensor lifted(const Tensor& small, const Tensor& a) {
  const Tensor wide = a.to(torch::kDouble);
  const Tensor inverse = at::linalg_cholesky(torch::mm(wide, wide.t()));
  return torch::mm(a.t(), at::cholesky_solve(small.to(torch::kDouble), inverse).to(torch::kFloat));
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
  const Tensor rows = lifted(seen, matrix(y.size(0), shrinking, factor));
  const Tensor range = lifted(rows.t(), matrix(y.size(1), shrinking, factor)).t();
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
