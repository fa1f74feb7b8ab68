// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstring>

#include "imaging/rows.h"
#include "nets/fused/fused.h"
#include "nets/fused/gpu/kernels.h"
#include "nets/fused/gpu/steps.h"
#include "nets/fused/normalisation.h"

namespace pentimento {

using torch::Tensor;

namespace {

PENTIMENTO_VECTORISED void scale_and_activate(const float* x, int64_t pixels, int64_t c, const float* a, const float* b,
                                              float slope, float* y) {
  for (int64_t p = 0; p < pixels; ++p, x += c, y += c)
    for (int64_t k = 0; k < c; ++k) {
      const float z = a[k] * x[k] + b[k];
      y[k] = z > 0 ? z : slope * z;
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

// Row i of the padded picture's gradient with the rim's folded back onto the pixels that it mirrors. `buffer`: room
// for it.
const float* folded_row(const float* g, const Shape& s, int64_t i, std::vector<float>& buffer) {
  if (s.pad == 0) return g + i * s.w * s.c;
  const int64_t row = s.padded_row(), pixel = s.c;
  buffer.resize(static_cast<size_t>(row));
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
    const float* x = input.const_data_ptr<float>();
    const Tensor kept = normalisation(input, weight, bias);
    const Activated how = activated(kept, slope);
    const Tensor output =
        torch::empty({1, s.c, s.h + 2 * pad, s.w + 2 * pad}, input.options(), torch::MemoryFormat::ChannelsLast);
    float* y = output.data_ptr<float>();
    over_row_blocks(s.h, [&](int64_t first, int64_t last, int64_t) {
      for (int64_t i = first; i < last; ++i)
        scale_and_activate(x + i * s.w * s.c, s.w, s.c, how.a, how.b, how.slope,
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
    const Tensor& input = saved[0];
    const Tensor gradient = gradients[0].contiguous(torch::MemoryFormat::ChannelsLast);
    const Shape s = {input.size(2), input.size(3), input.size(1), context->saved_data["pad"].toInt()};
    const float* g = gradient.const_data_ptr<float>();
    const Tensor by_input = torch::empty_like(input, torch::MemoryFormat::ChannelsLast);
    const auto folded = [&](int64_t i, std::vector<float>& buffer) { return folded_row(g, s, i, buffer); };
    const auto by = normalisation_backward(input, saved[1], context->saved_data["slope"].toDouble(), folded, by_input);
    return {by_input, by.by_weight, by.by_bias, Tensor(), Tensor()};
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
