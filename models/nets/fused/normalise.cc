// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <cstring>

#include "imaging/rows.h"
#include "nets/fused/fused.h"
#include "nets/fused/gpu/kernels.h"
#include "nets/fused/gpu/steps.h"

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

PENTIMENTO_VECTORISED void scale_and_activate(const float* x, int64_t pixels, int64_t c, const float* a, const float* b,
                                              float slope, float* y) {
  for (int64_t p = 0; p < pixels; ++p, x += c, y += c)
    for (int64_t k = 0; k < c; ++k) {
      const float z = a[k] * x[k] + b[k];
      y[k] = z > 0 ? z : slope * z;
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

// a g' - u x - v, which is the gradient by x with the mean's and the variance's share taken off.
PENTIMENTO_VECTORISED void gradient_by_input(const float* x, const float* g, int64_t pixels, int64_t c, const float* a,
                                             const float* b, float slope, const float* u, const float* v, float* out) {
  for (int64_t p = 0; p < pixels; ++p, x += c, g += c, out += c)
    for (int64_t k = 0; k < c; ++k) {
      const float behind = a[k] * x[k] + b[k] > 0 ? g[k] : slope * g[k];
      out[k] = a[k] * behind - u[k] * x[k] - v[k];
    }
}

PENTIMENTO_VECTORISED void add(float* to, const float* from, int64_t n) {
  for (int64_t i = 0; i < n; ++i) to[i] += from[i];
}

struct Shape {
  int64_t h, w, c, pad;
  int64_t padded_row() const { return (w + 2 * pad) * c; }
};

// Mirrors the pixels next to the rim of the padded picture's rows and columns onto it.
void reflect_rim(float* y, const Shape& s) {
  const int64_t row = s.padded_row(), pixel = s.c;
  const size_t bytes = static_cast<size_t>(pixel) * sizeof(float);
  for (int64_t i = 1; i <= s.h; ++i) {
    float* r = y + i * row;
    std::memcpy(r, r + 2 * pixel, bytes);
    std::memcpy(r + row - pixel, r + row - 3 * pixel, bytes);
  }
  std::memcpy(y, y + 2 * row, static_cast<size_t>(row) * sizeof(float));
  std::memcpy(y + (s.h + 1) * row, y + (s.h - 1) * row, static_cast<size_t>(row) * sizeof(float));
}

// Row i of the padded picture's gradient with the rim's folded back onto the pixels that it mirrors. `buffer` holds a
// padded row.
const float* folded_row(const float* g, const Shape& s, int64_t i, std::vector<float>& buffer) {
  if (s.pad == 0) return g + i * s.w * s.c;
  const int64_t row = s.padded_row(), pixel = s.c;
  std::memcpy(buffer.data(), g + (i + 1) * row, static_cast<size_t>(row) * sizeof(float));
  if (i == 1) add(buffer.data(), g, row);
  if (i == s.h - 2) add(buffer.data(), g + (s.h + 1) * row, row);
  add(buffer.data() + 2 * pixel, buffer.data(), pixel);
  add(buffer.data() + row - 3 * pixel, buffer.data() + row - pixel, pixel);
  return buffer.data() + pixel;
}

struct Normalise : torch::autograd::Function<Normalise> {
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& input, const Tensor& weight,
                        const Tensor& bias, double slope, int64_t pad) {
    const Shape s = {input.size(2), input.size(3), input.size(1), pad};
    const auto n = static_cast<double>(s.h * s.w);
    const float* x = input.const_data_ptr<float>();

    BlockSums sums(s.c), squares(s.c);
    over_row_blocks(s.h, [&](int64_t first, int64_t last, int64_t block) {
      std::vector<float> row(static_cast<size_t>(2 * s.c));
      for (int64_t i = first; i < last; ++i) {
        std::fill(row.begin(), row.end(), 0.0f);
        moments(x + i * s.w * s.c, s.w, s.c, row.data(), row.data() + s.c);
        for (int64_t k = 0; k < s.c; ++k) {
          sums.block(block)[k] += row[static_cast<size_t>(k)];
          squares.block(block)[k] += row[static_cast<size_t>(s.c + k)];
        }
      }
    });
    // y = a x + b; also kept: mean and 1 / deviation.
    const Tensor kept = torch::empty({4, s.c}, input.options().memory_format(torch::MemoryFormat::Contiguous));
    float *a = kept[0].data_ptr<float>(), *b = kept[1].data_ptr<float>(), *mean = kept[2].data_ptr<float>(),
          *inverse = kept[3].data_ptr<float>();
    const float *w = weight.const_data_ptr<float>(), *beta = bias.const_data_ptr<float>();
    for (int64_t k = 0; k < s.c; ++k) {
      const double m = sums.total(k) / n, variance = std::max(0.0, squares.total(k) / n - m * m);
      const double r = 1 / std::sqrt(variance + kEpsilon);
      mean[k] = static_cast<float>(m);
      inverse[k] = static_cast<float>(r);
      a[k] = static_cast<float>(w[k] * r);
      b[k] = static_cast<float>(beta[k] - w[k] * r * m);
    }

    const Tensor output =
        torch::empty({1, s.c, s.h + 2 * pad, s.w + 2 * pad}, input.options(), torch::MemoryFormat::ChannelsLast);
    float* y = output.data_ptr<float>();
    over_row_blocks(s.h, [&](int64_t first, int64_t last, int64_t) {
      for (int64_t i = first; i < last; ++i)
        scale_and_activate(x + i * s.w * s.c, s.w, s.c, a, b, static_cast<float>(slope),
                           y + (i + pad) * s.padded_row() + pad * s.c);
    });
    if (pad > 0) reflect_rim(y, s);

    context->save_for_backward({input, kept});
    context->saved_data["slope"] = slope;
    context->saved_data["pad"] = pad;
    return output;
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* context,
                                               torch::autograd::tensor_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &input = saved[0], &kept = saved[1];
    const Tensor gradient = gradients[0].contiguous(torch::MemoryFormat::ChannelsLast);
    const auto slope = static_cast<float>(context->saved_data["slope"].toDouble());
    const Shape s = {input.size(2), input.size(3), input.size(1), context->saved_data["pad"].toInt()};
    const auto n = static_cast<double>(s.h * s.w);
    const float *x = input.const_data_ptr<float>(), *g = gradient.const_data_ptr<float>();
    const float *a = kept[0].const_data_ptr<float>(), *b = kept[1].const_data_ptr<float>(),
                *mean = kept[2].const_data_ptr<float>(), *inverse = kept[3].const_data_ptr<float>();

    BlockSums sums(s.c), products(s.c);
    over_row_blocks(s.h, [&](int64_t first, int64_t last, int64_t block) {
      std::vector<float> row(static_cast<size_t>(2 * s.c)), buffer(static_cast<size_t>(s.padded_row()));
      for (int64_t i = first; i < last; ++i) {
        std::fill(row.begin(), row.end(), 0.0f);
        gradient_moments(x + i * s.w * s.c, folded_row(g, s, i, buffer), s.w, s.c, a, b, slope, row.data(),
                         row.data() + s.c);
        for (int64_t k = 0; k < s.c; ++k) {
          sums.block(block)[k] += row[static_cast<size_t>(k)];
          products.block(block)[k] += row[static_cast<size_t>(s.c + k)];
        }
      }
    });

    const Tensor by_weight = torch::empty_like(kept[0]), by_bias = torch::empty_like(kept[0]);
    std::vector<float> u(static_cast<size_t>(s.c)), v(static_cast<size_t>(s.c));
    for (int64_t k = 0; k < s.c; ++k) {
      const double db = sums.total(k), dw = (products.total(k) - mean[k] * db) * inverse[k];
      by_weight.data_ptr<float>()[k] = static_cast<float>(dw);
      by_bias.data_ptr<float>()[k] = static_cast<float>(db);
      u[static_cast<size_t>(k)] = static_cast<float>(a[k] * inverse[k] * dw / n);
      v[static_cast<size_t>(k)] = static_cast<float>(a[k] * (db - mean[k] * inverse[k] * dw) / n);
    }

    const Tensor by_input = torch::empty_like(input, torch::MemoryFormat::ChannelsLast);
    float* out = by_input.data_ptr<float>();
    over_row_blocks(s.h, [&](int64_t first, int64_t last, int64_t) {
      std::vector<float> buffer(static_cast<size_t>(s.padded_row()));
      for (int64_t i = first; i < last; ++i)
        gradient_by_input(x + i * s.w * s.c, folded_row(g, s, i, buffer), s.w, s.c, a, b, slope, u.data(), v.data(),
                          out + i * s.w * s.c);
    });
    return {by_input, by_weight, by_bias, Tensor(), Tensor()};
  }
};

}  // namespace

bool fusable(const Tensor& picture) {
  if (gpu::kernels_of(picture.device())) return gpu::usable(picture);
  return picture.device().is_cpu() && picture.scalar_type() == torch::kFloat && picture.dim() == 4 &&
         picture.size(0) == 1 && picture.is_contiguous(torch::MemoryFormat::ChannelsLast);
}

Tensor normalise_activate_pad(const Tensor& input, const Tensor& weight, const Tensor& bias, double slope,
                              int64_t pad) {
  TORCH_CHECK(fusable(input) && (pad == 0 || (pad == 1 && input.size(2) > 1 && input.size(3) > 1)),
              "normalise_activate_pad: unfit input");
  if (gpu::kernels_of(input.device())) return gpu::normalise_activate_pad(input, weight, bias, slope, pad);
  return Normalise::apply(input, weight, bias, slope, pad);
}

}  // namespace pentimento
