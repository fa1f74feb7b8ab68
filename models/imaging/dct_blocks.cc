// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/dct_blocks.h"

#include <cmath>
#include <memory>
#include <numbers>

#include "imaging/dct_kernel.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kN = kDctBlock;
using Run = dct::Run<kN>;
static_assert(Run::kBlocks % kN == 0);

// The noise's variance in blocks of one row of phases: [vertical frequency][horizontal one][phase along the row].
using RowNoise = float[kN][kN][kN];

// A block weighs the less the more noise it keeps; this much noise it always has.
constexpr float kLeastVariance = 1e-10f;

// Drops what is below the threshold; the mean is never noise.
PENTIMENTO_VECTORISED void drop_small(Run& run, const RowNoise& variance, float threshold, int64_t n) {
  float* weight = run.weight;
  for (int64_t x = 0; x < n; ++x) weight[x] = kLeastVariance;
  for (int64_t k = 0; k < kN; ++k)
    for (int64_t l = 0; l < kN; ++l) {
      const float factor = k + l == 0 ? -1 : threshold * threshold;
      float* z = run.coefficients[k][l];
      for (int64_t x = 0; x < n; x += kN)  // whole runs of phases: there is room for them
        for (int64_t j = 0; j < kN; ++j) {
          const float v = variance[k][l][j], value = z[x + j];
          const bool kept = value * value > factor * v;
          z[x + j] = kept ? value : 0;
          weight[x + j] += kept ? v : 0;
        }
    }
  for (int64_t x = 0; x < n; ++x) weight[x] = 1 / weight[x];
}

PENTIMENTO_VECTORISED void wiener(Run& run, const Run& pilot, const RowNoise& variance, int64_t n) {
  float* weight = run.weight;
  for (int64_t x = 0; x < n; ++x) weight[x] = kLeastVariance;
  for (int64_t k = 0; k < kN; ++k)
    for (int64_t l = 0; l < kN; ++l) {
      float* z = run.coefficients[k][l];
      const float* p = pilot.coefficients[k][l];
      for (int64_t x = 0; x < n; x += kN)
        for (int64_t j = 0; j < kN; ++j) {
          const float v = variance[k][l][j];
          const float power = p[x + j] * p[x + j] + 1e-12f;  // without noise the gain must be 1
          const float gain = power / (power + v);
          z[x + j] *= gain;
          weight[x + j] += gain * gain * v;
        }
    }
  for (int64_t x = 0; x < n; ++x) weight[x] = 1 / weight[x];
}

}  // namespace

Tensor dct_matrix(int64_t n) {
  const double size = static_cast<double>(n);
  const Tensor k = torch::arange(n, torch::kDouble).view({n, 1}), x = torch::arange(n, torch::kDouble).view({1, n});
  Tensor m = torch::cos(std::numbers::pi / size * (x + 0.5) * k) * std::sqrt(2 / size);
  m[0] *= std::sqrt(0.5);
  return m.to(torch::kFloat);
}

BlockNoise BlockNoise::white(double sigma) { return {torch::full({kN, kN, kN, kN}, sigma * sigma)}; }

Tensor shrink_blocks(const Tensor& plane, const BlockNoise& noise, double threshold, const Tensor& pilot) {
  // The phase along the row innermost, as the loops run.
  const Tensor variance = noise.variance.permute({0, 2, 3, 1}).to(torch::kFloat).contiguous();
  const auto* rows = reinterpret_cast<const RowNoise*>(variance.const_data_ptr<float>());
  const Tensor noisy = plane.contiguous(), first = pilot.defined() ? pilot.contiguous() : Tensor();
  const auto all = [](int64_t, int64_t, int64_t) { return true; };
  if (!first.defined())
    return dct::average_blocks<kN>(noisy, 1, all, [&](Run& run, int64_t y, int64_t, int64_t n) {
      drop_small(run, rows[y % kN], static_cast<float>(threshold), n);
    });
  const dct::Matrix<kN> c = dct::matrix<kN>();
  const int64_t width = first.size(1);
  const float* guide = first.const_data_ptr<float>();
  return dct::average_blocks<kN>(noisy, 1, all, [&](Run& run, int64_t y, int64_t x, int64_t n) {
    thread_local const auto spectrum = std::make_unique<Run>();
    dct::transform<kN>(guide + y * width + x, width, n, c, spectrum->columns, spectrum->coefficients);
    wiener(run, *spectrum, rows[y % kN], n);
  });
}

}  // namespace pentimento
