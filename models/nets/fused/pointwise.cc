// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>

#include "imaging/rows.h"
#include "nets/fused/fused.h"
#include "nets/fused/gpu/kernels.h"
#include "nets/fused/gpu/steps.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kMost = 4;    // outputs
constexpr int64_t kLanes = 16;  // inputs worked on at once: one vector of floats

// y[o] = bias[o] + sum over k of w[o][k] x[k], for every pixel.
template <int64_t kOutputs>
inline __attribute__((always_inline)) void project(const float* x, int64_t pixels, int64_t c, const float* w,
                                                   const float* bias, float* y) {
  for (int64_t p = 0; p < pixels; ++p, x += c, y += kOutputs) {
    float sums[kOutputs][kLanes] = {};
    for (int64_t k = 0; k < c; k += kLanes)
      for (int64_t o = 0; o < kOutputs; ++o)
        for (int64_t i = 0; i < kLanes; ++i) sums[o][i] += w[o * c + k + i] * x[k + i];
    for (int64_t o = 0; o < kOutputs; ++o) {
      for (int64_t half = kLanes / 2; half > 0; half /= 2)
        for (int64_t i = 0; i < half; ++i) sums[o][i] += sums[o][i + half];
      y[o] = bias[o] + sums[o][0];
    }
  }
}

PENTIMENTO_VECTORISED void project_rows(const float* x, int64_t pixels, int64_t c, int64_t outputs, const float* w,
                                        const float* bias, float* y) {
  switch (outputs) {
    case 1:
      return project<1>(x, pixels, c, w, bias, y);
    case 2:
      return project<2>(x, pixels, c, w, bias, y);
    case 3:
      return project<3>(x, pixels, c, w, bias, y);
    default:
      return project<4>(x, pixels, c, w, bias, y);
  }
}

// out[k] = sum over o of g[o] w[o][k], for every pixel.
template <int64_t kOutputs>
inline __attribute__((always_inline)) void project_back(const float* g, int64_t pixels, int64_t c, const float* w,
                                                        float* out) {
  for (int64_t p = 0; p < pixels; ++p, g += kOutputs, out += c)
    for (int64_t k = 0; k < c; ++k) {
      float sum = 0;
      for (int64_t o = 0; o < kOutputs; ++o) sum += g[o] * w[o * c + k];
      out[k] = sum;
    }
}

PENTIMENTO_VECTORISED void gradient_by_input(const float* g, int64_t pixels, int64_t c, int64_t outputs, const float* w,
                                             float* out) {
  switch (outputs) {
    case 1:
      return project_back<1>(g, pixels, c, w, out);
    case 2:
      return project_back<2>(g, pixels, c, w, out);
    case 3:
      return project_back<3>(g, pixels, c, w, out);
    default:
      return project_back<4>(g, pixels, c, w, out);
  }
}

// s[o][k] += g[o] x[k] and s[outputs][o] += g[o] over the pixels.
PENTIMENTO_VECTORISED void gradient_by_weight(const float* x, const float* g, int64_t pixels, int64_t c,
                                              int64_t outputs, float* s) {
  for (int64_t p = 0; p < pixels; ++p, x += c, g += outputs)
    for (int64_t o = 0; o < outputs; ++o) {
      for (int64_t k = 0; k < c; ++k) s[o * c + k] += g[o] * x[k];
      s[outputs * c + o] += g[o];
    }
}

struct Pointwise : torch::autograd::Function<Pointwise> {
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& input, const Tensor& weight,
                        const Tensor& bias) {
    const int64_t h = input.size(2), width = input.size(3), c = input.size(1), outputs = weight.size(0);
    const Tensor output = torch::empty({1, outputs, h, width}, input.options(), torch::MemoryFormat::ChannelsLast);
    const Tensor rows = weight.detach().reshape({outputs, c}).contiguous();
    const float *x = input.const_data_ptr<float>(), *w = rows.const_data_ptr<float>(),
                *b = bias.const_data_ptr<float>();
    float* y = output.data_ptr<float>();
    over_row_blocks(h, [&](int64_t first, int64_t last, int64_t) {
      project_rows(x + first * width * c, (last - first) * width, c, outputs, w, b, y + first * width * outputs);
    });
    context->save_for_backward({input, weight});
    return output;
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* context,
                                               torch::autograd::tensor_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &input = saved[0], &weight = saved[1];
    const Tensor gradient = gradients[0].contiguous(torch::MemoryFormat::ChannelsLast);
    const int64_t h = input.size(2), width = input.size(3), c = input.size(1), outputs = weight.size(0);
    const Tensor rows = weight.detach().reshape({outputs, c}).contiguous();
    const float *x = input.const_data_ptr<float>(), *g = gradient.const_data_ptr<float>(),
                *w = rows.const_data_ptr<float>();
    Tensor by_input;
    if (context->needs_input_grad(0)) by_input = torch::empty_like(input, torch::MemoryFormat::ChannelsLast);
    float* out = by_input.defined() ? by_input.data_ptr<float>() : nullptr;

    const int64_t sums = outputs * (c + 1);
    BlockSums by_block(sums);
    over_row_blocks(h, [&](int64_t first, int64_t last, int64_t block) {
      std::vector<float> row(static_cast<size_t>(sums));
      for (int64_t i = first; i < last; ++i) {
        std::fill(row.begin(), row.end(), 0.0f);
        const float *xs = x + i * width * c, *gs = g + i * width * outputs;
        gradient_by_weight(xs, gs, width, c, outputs, row.data());
        if (out) gradient_by_input(gs, width, c, outputs, w, out + i * width * c);
        for (int64_t k = 0; k < sums; ++k) by_block.block(block)[k] += row[static_cast<size_t>(k)];
      }
    });
    const Tensor totals = torch::empty({sums}, weight.options().memory_format(torch::MemoryFormat::Contiguous));
    for (int64_t k = 0; k < sums; ++k) totals.data_ptr<float>()[k] = static_cast<float>(by_block.total(k));
    return {by_input, totals.narrow(0, 0, outputs * c).view({outputs, c, 1, 1}),
            totals.narrow(0, outputs * c, outputs)};
  }
};

}  // namespace

bool few_outputs(const Tensor& input, const Tensor& weight) {
  if (gpu::kernels_of(input.device())) return gpu::few_outputs(input, weight);
  return fusable(input) && weight.size(0) <= kMost && weight.size(1) % kLanes == 0 && weight.size(2) == 1 &&
         weight.size(3) == 1;
}

Tensor convolve_to_few(const Tensor& input, const Tensor& weight, const Tensor& bias, torch::ScalarType result) {
  TORCH_CHECK(few_outputs(input, weight) && (result == torch::kFloat || result == input.scalar_type()),
              "convolve_to_few: unfit input");
  if (gpu::kernels_of(input.device())) return gpu::convolve_to_few(input, weight, bias, result);
  return Pointwise::apply(input, weight, bias.defined() ? bias : torch::zeros({weight.size(0)}, weight.options()));
}

}  // namespace pentimento
