// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/fused/normalisation.h"

#include <cmath>

#include "imaging/rows.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr double kEpsilon = 1e-5;

// Sums and sums of squares of `pixels` pixels of c channels, added to s and q. Floats within a row, doubles beyond.
PENTIMENTO_VECTORISED void moments(const float* x, int64_t pixels, int64_t c, float* s, float* q) {
  for (int64_t p = 0; p < pixels; ++p, x += c)
    for (int64_t k = 0; k < c; ++k) {
      s[k] += x[k];
      q[k] += x[k] * x[k];
    }
}

// Sums of g' (the gradient behind the activation) and of g' * x.
PENTIMENTO_VECTORISED void gradient_moments(const float* x, const float* g, int64_t pixels, int64_t c, const float* a,
                                            const float* b, float slope, float* s, float* q) {
  for (int64_t p = 0; p < pixels; ++p, x += c, g += c)
    for (int64_t k = 0; k < c; ++k) {
      const float behind = a[k] * x[k] + b[k] > 0 ? g[k] : slope * g[k];
      s[k] += behind;
      q[k] += behind * x[k];
    }
}

// a g' - u x - v, which is the gradient by x with the mean's and the variance's share taken off. out may be g.
PENTIMENTO_VECTORISED void gradient_by_input(const float* x, const float* g, int64_t pixels, int64_t c, const float* a,
                                             const float* b, float slope, const float* u, const float* v, float* out) {
  for (int64_t p = 0; p < pixels; ++p, x += c, g += c, out += c)
#pragma GCC ivdep
    for (int64_t k = 0; k < c; ++k) {
      const float behind = a[k] * x[k] + b[k] > 0 ? g[k] : slope * g[k];
      out[k] = a[k] * behind - u[k] * x[k] - v[k];
    }
}

}  // namespace

Tensor normalisation(const Tensor& input, const Tensor& weight, const Tensor& bias) {
  const int64_t c = input.size(1), h = input.size(2), width = input.size(3);
  const auto n = static_cast<double>(h * width);
  const float* x = input.const_data_ptr<float>();

  BlockSums sums(c), squares(c);
  over_row_blocks(h, [&](int64_t first, int64_t last, int64_t block) {
    std::vector<float> row(static_cast<size_t>(2 * c));
    for (int64_t i = first; i < last; ++i) {
      std::fill(row.begin(), row.end(), 0.0f);
      moments(x + i * width * c, width, c, row.data(), row.data() + c);
      for (int64_t k = 0; k < c; ++k) {
        sums.block(block)[k] += row[static_cast<size_t>(k)];
        squares.block(block)[k] += row[static_cast<size_t>(c + k)];
      }
    }
  });
  // y = a x + b; also kept: mean and 1 / deviation.
  const Tensor kept = torch::empty({4, c}, input.options().memory_format(torch::MemoryFormat::Contiguous));
  float *a = kept[0].data_ptr<float>(), *b = kept[1].data_ptr<float>(), *mean = kept[2].data_ptr<float>(),
        *inverse = kept[3].data_ptr<float>();
  const float *w = weight.const_data_ptr<float>(), *beta = bias.const_data_ptr<float>();
  for (int64_t k = 0; k < c; ++k) {
    const double m = sums.total(k) / n, variance = std::max(0.0, squares.total(k) / n - m * m);
    const double r = 1 / std::sqrt(variance + kEpsilon);
    mean[k] = static_cast<float>(m);
    inverse[k] = static_cast<float>(r);
    a[k] = static_cast<float>(w[k] * r);
    b[k] = static_cast<float>(beta[k] - w[k] * r * m);
  }
  return kept;
}

Activated activated(const Tensor& normalisation, double slope) {
  return {normalisation[0].const_data_ptr<float>(), normalisation[1].const_data_ptr<float>(),
          static_cast<float>(slope)};
}

NormalisationGradients normalisation_backward(const Tensor& input, const Tensor& normalisation, double slope,
                                              const std::function<const float*(int64_t, std::vector<float>&)>& row_of,
                                              const Tensor& by_input) {
  const int64_t c = input.size(1), h = input.size(2), width = input.size(3);
  const auto n = static_cast<double>(h * width);
  const auto leak = static_cast<float>(slope);
  const float* x = input.const_data_ptr<float>();
  const float *a = normalisation[0].const_data_ptr<float>(), *b = normalisation[1].const_data_ptr<float>(),
              *mean = normalisation[2].const_data_ptr<float>(), *inverse = normalisation[3].const_data_ptr<float>();

  BlockSums sums(c), products(c);
  over_row_blocks(h, [&](int64_t first, int64_t last, int64_t block) {
    std::vector<float> row(static_cast<size_t>(2 * c)), buffer;
    for (int64_t i = first; i < last; ++i) {
      std::fill(row.begin(), row.end(), 0.0f);
      gradient_moments(x + i * width * c, row_of(i, buffer), width, c, a, b, leak, row.data(), row.data() + c);
      for (int64_t k = 0; k < c; ++k) {
        sums.block(block)[k] += row[static_cast<size_t>(k)];
        products.block(block)[k] += row[static_cast<size_t>(c + k)];
      }
    }
  });

  const Tensor by_weight = torch::empty_like(normalisation[0]), by_bias = torch::empty_like(normalisation[0]);
  std::vector<float> u(static_cast<size_t>(c)), v(static_cast<size_t>(c));
  for (int64_t k = 0; k < c; ++k) {
    const double db = sums.total(k), dw = (products.total(k) - mean[k] * db) * inverse[k];
    by_weight.data_ptr<float>()[k] = static_cast<float>(dw);
    by_bias.data_ptr<float>()[k] = static_cast<float>(db);
    u[static_cast<size_t>(k)] = static_cast<float>(a[k] * inverse[k] * dw / n);
    v[static_cast<size_t>(k)] = static_cast<float>(a[k] * (db - mean[k] * inverse[k] * dw) / n);
  }

  float* out = by_input.data_ptr<float>();
  over_row_blocks(h, [&](int64_t first, int64_t last, int64_t) {
    std::vector<float> buffer;
    for (int64_t i = first; i < last; ++i)
      gradient_by_input(x + i * width * c, row_of(i, buffer), width, c, a, b, leak, u.data(), v.data(),
                        out + i * width * c);
  });
  return {by_weight, by_bias};
}

}  // namespace pentimento
