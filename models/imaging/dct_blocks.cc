// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/dct_blocks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numbers>
#include <vector>

#include "imaging/rows.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kN = kDctBlock;
constexpr int64_t kRun = 256;  // blocks side by side that are worked on at once: 64 of their rows fit a cache
constexpr int64_t kWide = kRun + kN - 1;  // the pixels below them

using Matrix = std::array<std::array<float, kN>, kN>;

Matrix matrix() {
  const Tensor m = dct_matrix(kN);
  Matrix c;
  for (int64_t k = 0; k < kN; ++k)
    for (int64_t i = 0; i < kN; ++i) c[k][i] = m[k][i].item<float>();
  return c;
}

// Everything runs along the row: sample x of an array belongs to block x (or to pixel x).
struct Buffers {
  float columns[kN][kWide];                        // DCT down every column of pixels
  float noisy[kN][kN][kRun], pilot[kN][kN][kRun];  // coefficients of every block
  float weight[kRun];
};

PENTIMENTO_VECTORISED void transform(const float* pixels, int64_t stride, int64_t n, const Matrix& c,
                                     float (*columns)[kWide], float (*out)[kN][kRun]) {
  for (int64_t k = 0; k < kN; ++k) {
    for (int64_t x = 0; x < n + kN - 1; ++x) {
      float sum = 0;
      for (int64_t i = 0; i < kN; ++i) sum += c[k][i] * pixels[i * stride + x];
      columns[k][x] = sum;
    }
    for (int64_t l = 0; l < kN; ++l)
      for (int64_t x = 0; x < n; ++x) {
        float sum = 0;
        for (int64_t j = 0; j < kN; ++j) sum += c[l][j] * columns[k][x + j];
        out[k][l][x] = sum;
      }
  }
}

// Drops what is below the threshold; the mean is never noise. Leaves coefficients times weight.
PENTIMENTO_VECTORISED void drop_small(float (*z)[kN][kRun], float threshold, int64_t n, float* weight) {
  for (int64_t x = 0; x < n; ++x) weight[x] = 1;
  for (int64_t k = 0; k < kN; ++k)
    for (int64_t l = k == 0 ? 1 : 0; l < kN; ++l)
      for (int64_t x = 0; x < n; ++x) {
        const bool kept = std::abs(z[k][l][x]) > threshold;
        z[k][l][x] = kept ? z[k][l][x] : 0;
        weight[x] += kept ? 1 : 0;
      }
  for (int64_t x = 0; x < n; ++x) weight[x] = 1 / weight[x];
}

PENTIMENTO_VECTORISED void wiener(float (*z)[kN][kRun], float (*pilot)[kN][kRun], float variance, int64_t n,
                                  float* weight) {
  for (int64_t x = 0; x < n; ++x) weight[x] = 1e-6f;
  for (int64_t k = 0; k < kN; ++k)
    for (int64_t l = 0; l < kN; ++l)
      for (int64_t x = 0; x < n; ++x) {
        const float power = pilot[k][l][x] * pilot[k][l][x] + 1e-12f;  // without noise the gain must be 1
        const float gain = power / (power + variance);
        z[k][l][x] *= gain;
        weight[x] += gain * gain;
      }
  for (int64_t x = 0; x < n; ++x) weight[x] = 1 / weight[x];
}

// Adds the weighted blocks, transformed back, and their weights to the rows that they cover.
PENTIMENTO_VECTORISED void put_back(Buffers& b, int64_t stride, int64_t n, const Matrix& c, float* sum,
                                    float* weights) {
  for (int64_t k = 0; k < kN; ++k) {
    std::fill(b.columns[k], b.columns[k] + kWide, 0.0f);
    for (int64_t l = 0; l < kN; ++l) {
      for (int64_t x = 0; x < n; ++x) b.noisy[k][l][x] *= b.weight[x];
      for (int64_t j = 0; j < kN; ++j)
        for (int64_t x = 0; x < n; ++x) b.columns[k][x + j] += c[l][j] * b.noisy[k][l][x];
    }
  }
  for (int64_t i = 0; i < kN; ++i) {
    for (int64_t x = 0; x < n + kN - 1; ++x) {
      float value = 0;
      for (int64_t k = 0; k < kN; ++k) value += c[k][i] * b.columns[k][x];
      sum[i * stride + x] += value;
    }
    for (int64_t j = 0; j < kN; ++j)
      for (int64_t x = 0; x < n; ++x) weights[i * stride + x + j] += b.weight[x];
  }
}

}  // namespace

Tensor dct_matrix(int64_t n) {
  const double size = static_cast<double>(n);
  const Tensor k = torch::arange(n, torch::kDouble).view({n, 1}), x = torch::arange(n, torch::kDouble).view({1, n});
  Tensor m = torch::cos(std::numbers::pi / size * (x + 0.5) * k) * std::sqrt(2 / size);
  m[0] *= std::sqrt(0.5);
  return m.to(torch::kFloat);
}

Tensor shrink_blocks(const Tensor& plane, double sigma, double threshold, const Tensor& pilot) {
  const Tensor noisy = plane.contiguous(), first = pilot.defined() ? pilot.contiguous() : Tensor();
  const int64_t h = noisy.size(0), w = noisy.size(1), rows = h - kN + 1, blocks = w - kN + 1;
  TORCH_CHECK(rows > 0 && blocks > 0, "shrink_blocks: smaller than a block");
  const Matrix c = matrix();
  const float* in = noisy.const_data_ptr<float>();
  const float* guide = first.defined() ? first.const_data_ptr<float>() : nullptr;

  // Blocks of one part of the rows reach into the next part's: each part sums apart, then they are added in order.
  std::vector<Tensor> sums(kRowBlocks);
  over_row_blocks(rows, [&](int64_t begin, int64_t end, int64_t part) {
    if (begin == end) return;
    Tensor own = torch::zeros({2, end - begin + kN - 1, w});
    float *sum = own[0].data_ptr<float>(), *weights = own[1].data_ptr<float>();
    const auto b = std::make_unique<Buffers>();
    for (int64_t y = begin; y < end; ++y)
      for (int64_t x = 0; x < blocks; x += kRun) {
        const int64_t n = std::min(kRun, blocks - x), to = (y - begin) * w + x;
        transform(in + y * w + x, w, n, c, b->columns, b->noisy);
        if (guide) {
          transform(guide + y * w + x, w, n, c, b->columns, b->pilot);
          wiener(b->noisy, b->pilot, static_cast<float>(sigma * sigma), n, b->weight);
        } else {
          drop_small(b->noisy, static_cast<float>(threshold * sigma), n, b->weight);
        }
        put_back(*b, w, n, c, sum + to, weights + to);
      }
    sums[static_cast<size_t>(part)] = own;
  });
  Tensor total = torch::zeros({2, h, w});
  for (int64_t part = 0; part < kRowBlocks; ++part)
    if (sums[static_cast<size_t>(part)].defined()) {
      const int64_t begin = rows * part / kRowBlocks;
      total.slice(1, begin, begin + sums[static_cast<size_t>(part)].size(1)).add_(sums[static_cast<size_t>(part)]);
    }
  return total[0] / total[1];
}

}  // namespace pentimento
