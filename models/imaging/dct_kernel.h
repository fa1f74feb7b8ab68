// SPDX-License-Identifier: GPL-3.0-or-later
// Overlapping DCT blocks of a plane, many side by side, for filters that change their coefficients and average them.
#pragma once

#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numbers>
#include <vector>

#include "imaging/rows.h"

namespace pentimento::dct {

template <int64_t kN>
using Matrix = std::array<std::array<float, kN>, kN>;

// Rows: the orthonormal DCT-II.
template <int64_t kN>
Matrix<kN> matrix() {
  Matrix<kN> m;
  for (int64_t k = 0; k < kN; ++k)
    for (int64_t i = 0; i < kN; ++i)
      m[k][i] = static_cast<float>(std::sqrt((k == 0 ? 1.0 : 2.0) / kN) *
                                   std::cos(std::numbers::pi / kN * (static_cast<double>(i) + 0.5) * k));
  return m;
}

// Coefficients of a run of blocks side by side; they fit a cache. Everything runs along the row: sample x of an array
// belongs to block x (or to pixel x).
template <int64_t kN>
struct Run {
  static constexpr int64_t kBlocks = 2048 / kN, kWide = kBlocks + kN - 1;  // kWide: the pixels below them
  using Coefficients = float[kN][kN][kBlocks];                             // vertical, horizontal frequency
  float columns[kN][kWide];                                                // DCT down every column of pixels
  Coefficients coefficients;
  float weight[kBlocks];  // of a block in the average
};

template <int64_t kN>
PENTIMENTO_VECTORISED void transform(const float* pixels, int64_t stride, int64_t n, const Matrix<kN>& c,
                                     float (*columns)[Run<kN>::kWide], float (*out)[kN][Run<kN>::kBlocks]) {
  for (int64_t k = 0; k < kN; ++k) {
    for (int64_t x = 0; x < n + kN - 1; ++x) {
      float sum = 0;
#pragma GCC unroll 16
      for (int64_t i = 0; i < kN; ++i) sum += c[k][i] * pixels[i * stride + x];
      columns[k][x] = sum;
    }
    for (int64_t l = 0; l < kN; ++l)
      for (int64_t x = 0; x < n; ++x) {
        float sum = 0;
#pragma GCC unroll 16
        for (int64_t j = 0; j < kN; ++j) sum += c[l][j] * columns[k][x + j];
        out[k][l][x] = sum;
      }
  }
}

// Adds the weighted blocks, transformed back, and their weights to the rows that they cover.
template <int64_t kN>
PENTIMENTO_VECTORISED void put_back(Run<kN>& b, int64_t stride, int64_t n, const Matrix<kN>& c, float* sum,
                                    float* weights) {
  for (int64_t k = 0; k < kN; ++k) {
    std::fill(b.columns[k], b.columns[k] + Run<kN>::kWide, 0.0f);
    for (int64_t j = 0; j < kN; ++j)
      for (int64_t x = 0; x < n; ++x) {
        float sum = 0;
#pragma GCC unroll 16
        for (int64_t l = 0; l < kN; ++l) sum += c[l][j] * b.coefficients[k][l][x];
        b.columns[k][x + j] += sum * b.weight[x];
      }
  }
  for (int64_t i = 0; i < kN; ++i) {
    for (int64_t x = 0; x < n + kN - 1; ++x) {
      float value = 0;
#pragma GCC unroll 16
      for (int64_t k = 0; k < kN; ++k) value += c[k][i] * b.columns[k][x];
      sum[i * stride + x] += value;
    }
    for (int64_t j = 0; j < kN; ++j)
      for (int64_t x = 0; x < n; ++x) weights[i * stride + x + j] += b.weight[x];
  }
}

// The weighted average of kN x kN blocks of `plane` (H x W, float, contiguous, on the CPU, sides >= kN) whose corners
// lie on every `step`-th row. `needed(y, x, n)` tells whether the blocks with corners (y, x) to (y, x + n - 1) are;
// `filter(run, y, x, n)` changes their coefficients and sets their weights. NaN where no block is needed.
template <int64_t kN, typename Needed, typename Filter>
torch::Tensor average_blocks(const torch::Tensor& plane, int64_t step, const Needed& needed, const Filter& filter) {
  const int64_t h = plane.size(0), w = plane.size(1), rows = h - kN + 1, blocks = w - kN + 1;
  TORCH_CHECK(rows > 0 && blocks > 0, "average_blocks: smaller than a block");
  const Matrix<kN> c = matrix<kN>();
  const float* in = plane.const_data_ptr<float>();
  // Blocks of one part of the rows reach into the next part's: each part sums apart, then they are added in order.
  std::vector<torch::Tensor> sums(kRowBlocks);
  over_row_blocks(rows, [&](int64_t begin, int64_t end, int64_t part) {
    if (begin == end) return;
    torch::Tensor own = torch::zeros({2, end - begin + kN - 1, w});
    float *sum = own[0].data_ptr<float>(), *weights = own[1].data_ptr<float>();
    const auto run = std::make_unique<Run<kN>>();
    for (int64_t y = begin; y < end; ++y) {
      if ((y - begin) % step != 0 && y + 1 != end) continue;
      for (int64_t x = 0; x < blocks; x += Run<kN>::kBlocks) {
        const int64_t n = std::min(Run<kN>::kBlocks, blocks - x), to = (y - begin) * w + x;
        if (!needed(y, x, n)) continue;
        transform<kN>(in + y * w + x, w, n, c, run->columns, run->coefficients);
        filter(*run, y, x, n);
        put_back<kN>(*run, w, n, c, sum + to, weights + to);
      }
    }
    sums[static_cast<size_t>(part)] = own;
  });
  torch::Tensor total = torch::zeros({2, h, w});
  for (int64_t part = 0; part < kRowBlocks; ++part) {
    const torch::Tensor& own = sums[static_cast<size_t>(part)];
    if (!own.defined()) continue;
    const int64_t begin = rows * part / kRowBlocks;
    total.slice(1, begin, begin + own.size(1)).add_(own);
  }
  return total[0] / total[1];
}

}  // namespace pentimento::dct
