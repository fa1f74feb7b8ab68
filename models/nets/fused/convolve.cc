// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/fused/fused.h"
#include "nets/fused/gpu/kernels.h"
#include "nets/fused/normalisation.h"
#include "nets/fused/tiled_convolution.h"

namespace pentimento {

using torch::Tensor;

namespace {

// Keeps the picture as it was before the normalisation, and normalises it anew wherever it is read.
struct NormaliseConvolve : torch::autograd::Function<NormaliseConvolve> {
  static Reading read(const Tensor& input, const Tensor& kept, double slope, const Tensor& kernel) {
    return reading(input, kernel.size(2) / 2, Rim::kMirrored, activated(kept, slope));
  }

  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& input, const Tensor& weight,
                        const Tensor& bias, double slope, const Tensor& kernel) {
    const Tensor kept = normalisation(input, weight, bias);
    context->save_for_backward({input, kept, kernel});
    context->saved_data["slope"] = slope;
    return tiled_convolve(read(input, kept, slope, kernel), kernel);
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* context,
                                               torch::autograd::tensor_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &input = saved[0], &kept = saved[1], &kernel = saved[2];
    const double slope = context->saved_data["slope"].toDouble();
    const Tensor gradient = gradients[0].contiguous(torch::MemoryFormat::ChannelsLast);
    const Tensor by_kernel = tiled_gradient_by_weight(read(input, kept, slope, kernel), gradient, kernel.size(2));
    const Tensor by_input = tiled_gradient_by_input(gradient, kernel);
    const int64_t row = input.size(3) * input.size(1);
    const float* first = by_input.const_data_ptr<float>();
    const auto by = normalisation_backward(
        input, kept, slope, [&](int64_t i, std::vector<float>&) { return first + i * row; }, by_input);
    return {by_input, by.by_weight, by.by_bias, Tensor(), by_kernel};
  }
};

bool possible(const Tensor& input, const Tensor& kernel) {
  const int64_t side = kernel.size(2);
  return !gpu::kernels_of(input.device()) && fusable(input) && (side == 1 || side == 3) && kernel.size(3) == side &&
         kernel.size(0) >= kLanes && kernel.size(1) >= kLanes && input.size(2) > side / 2 && input.size(3) > side / 2;
}

}  // namespace

bool tiled_convolution_pays(const Tensor& input, const Tensor& kernel) { return possible(input, kernel); }

Tensor normalise_activate_convolve(const Tensor& input, const Tensor& weight, const Tensor& bias, double slope,
                                   const Tensor& kernel) {
  TORCH_CHECK(possible(input, kernel), "normalise_activate_convolve: unfit input");
  return NormaliseConvolve::apply(input, weight, bias, slope, kernel);
}

}  // namespace pentimento
