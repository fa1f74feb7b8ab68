// SPDX-License-Identifier: GPL-3.0-or-later
#include "measures/gram.h"

#include <cstring>

#include "imaging/rows.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kSide = 4;   // of a tile of the result, whose sums stay in registers
constexpr int64_t kLanes = 8;  // samples at once
using Floats = float __attribute__((vector_size(kLanes * sizeof(float))));
using Doubles = double __attribute__((vector_size(kLanes * sizeof(double))));

// kSide rows by kSide rows. n is a multiple of kLanes.
PENTIMENTO_VECTORISED void multiply_tile(const float* a, const float* b, int64_t n, double* out, int64_t pitch) {
  Doubles sums[kSide][kSide] = {};
  for (int64_t k = 0; k < n; k += kLanes) {
    Doubles left[kSide], right[kSide];
    for (int64_t i = 0; i < kSide; ++i) {
      Floats x, y;
      std::memcpy(&x, a + i * n + k, sizeof x);
      std::memcpy(&y, b + i * n + k, sizeof y);
      left[i] = __builtin_convertvector(x, Doubles);
      right[i] = __builtin_convertvector(y, Doubles);
    }
    for (int64_t i = 0; i < kSide; ++i)
      for (int64_t j = 0; j < kSide; ++j) sums[i][j] += left[i] * right[j];
  }
  for (int64_t i = 0; i < kSide; ++i)
    for (int64_t j = 0; j < kSide; ++j) {
      double sum = 0;
      for (int64_t l = 0; l < kLanes; ++l) sum += sums[i][j][l];
      out[i * pitch + j] = sum;
    }
}

PENTIMENTO_VECTORISED void add_rows(const double* weights, const float* rows, int64_t count, int64_t n, double* out) {
  for (int64_t p = 0; p < count; ++p)
    for (int64_t k = 0; k < n; ++k) out[k] += weights[p] * static_cast<double>(rows[p * n + k]);
}

int64_t up_to(int64_t n, int64_t multiple) { return (n + multiple - 1) / multiple * multiple; }

}  // namespace

Tensor gram_matrix(const Tensor& rows) {
  const int64_t count = rows.size(0), n = rows.size(1), whole = up_to(count, kSide), length = up_to(n, kLanes);
  Tensor padded = rows.contiguous();
  if (whole != count || length != n) padded = torch::constant_pad_nd(padded, {0, length - n, 0, whole - count});
  const float* data = padded.data_ptr<float>();
  const Tensor gram = torch::empty({whole, whole}, torch::kDouble);
  double* out = gram.data_ptr<double>();
  for (int64_t i = 0; i < whole; i += kSide)
    for (int64_t j = i; j < whole; j += kSide)
      multiply_tile(data + i * length, data + j * length, length, out + i * whole + j, whole);
  for (int64_t i = 0; i < count; ++i)
    for (int64_t j = 0; j < i; ++j) out[i * whole + j] = out[j * whole + i];
  return gram.slice(0, 0, count).slice(1, 0, count);
}

Tensor weighted_sums(const Tensor& weights, const Tensor& rows) {
  const Tensor samples = rows.contiguous(), w = weights.contiguous();
  const int64_t n = samples.size(1), count = samples.size(0);
  const Tensor sums = torch::zeros({w.size(0), n}, torch::kDouble);
  for (int64_t k = 0; k < w.size(0); ++k)
    add_rows(w.data_ptr<double>() + k * count, samples.data_ptr<float>(), count, n, sums.data_ptr<double>() + k * n);
  return sums;
}

}  // namespace pentimento
