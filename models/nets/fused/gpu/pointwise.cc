// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/fused/gpu/pointwise.cuh"

#include "nets/fused/gpu/kernels.h"
#include "nets/fused/gpu/steps.h"

namespace pentimento::gpu {

using torch::Tensor;

namespace {

kernels::PointwiseShape shape_of(const Tensor& input, int64_t outputs) {
  return {input.size(2) * input.size(3), static_cast<int>(input.size(1)), static_cast<int>(outputs)};
}

Grid in_runs(const Tensor& input, int lanes) {
  const int64_t groups = input.size(1) / lanes, at_once = kernels::kRun * (kernels::kThreads / groups);
  return {static_cast<int>((input.size(2) * input.size(3) + at_once - 1) / at_once), 1, static_cast<int>(groups),
          static_cast<int>(kernels::kThreads / groups)};
}

kernels::Outputs outputs_of(const Tensor& picture) {
  return {picture.data_ptr(), picture.scalar_type() == torch::kFloat};
}

struct Pointwise : torch::autograd::Function<Pointwise> {
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& input, const Tensor& weight,
                        const Tensor& bias, torch::ScalarType result) {
    const int64_t outputs = weight.size(0);
    const Tensor rows = weight.detach().reshape({outputs, input.size(1)}).contiguous();
    const Tensor offsets = bias.detach().contiguous();
    const Tensor output = empty_picture(input, outputs, input.size(2), input.size(3)).to(result);
    const int lanes = lanes_of(input.scalar_type(), input.size(1));
    launch(input, "pointwise", lanes, in_runs(input, lanes),
           kernels::PointwiseArguments{input.const_data_ptr(), rows.data_ptr<float>(),
                                       offsets.numel() > 0 ? offsets.data_ptr<float>() : nullptr, outputs_of(output),
                                       shape_of(input, outputs)});
    context->save_for_backward({input, weight});
    context->saved_data["has_bias"] = bias.numel() > 0;
    return output;
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* context,
                                               torch::autograd::tensor_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &input = saved[0], &weight = saved[1];
    const Tensor gradient = gradients[0].contiguous(torch::MemoryFormat::ChannelsLast);
    const int64_t outputs = weight.size(0), channels = input.size(1);
    const kernels::PointwiseShape shape = shape_of(input, outputs);
    const int lanes = lanes_of(input.scalar_type(), channels);

    Tensor by_input;
    if (context->needs_input_grad(0)) {
      by_input = empty_picture(input, channels, input.size(2), input.size(3));
      const Tensor rows = weight.detach().reshape({outputs, channels}).contiguous();
      launch(input, "pointwise_gradient", lanes, in_runs(input, lanes),
             kernels::PointwiseGradientArguments{outputs_of(gradient), rows.data_ptr<float>(), by_input.data_ptr(),
                                                 shape});
    }
    const Grid summing = Grid::along(shape.pixels, channels / lanes);
    const Tensor sums = numbers(input, {summing.blocks(), kernels::kMostOutputs, channels});
    launch(input, "pointwise_weight_gradient", lanes, summing,
           kernels::PointwiseWeightGradientArguments{input.const_data_ptr(), outputs_of(gradient),
                                                     sums.data_ptr<float>(), shape});
    const Tensor by_weight = numbers(input, {outputs, channels, 1, 1});
    launch(input, "pointwise_totals", lanes, Grid::totals(channels),
           kernels::PointwiseTotalsArguments{sums.data_ptr<float>(), by_weight.data_ptr<float>(), summing.blocks(),
                                             static_cast<int>(channels), static_cast<int>(outputs)});
    const Tensor by_bias =
        context->saved_data["has_bias"].toBool() ? gradient.to(torch::kFloat).sum({0, 2, 3}) : Tensor();
    return {by_input, by_weight, by_bias, Tensor()};
  }
};

}  // namespace

bool few_outputs(const Tensor& input, const Tensor& weight) {
  return usable(input) && weight.size(0) <= kernels::kMostOutputs && weight.size(1) == input.size(1) &&
         weight.size(2) == 1 && weight.size(3) == 1;
}

Tensor convolve_to_few(const Tensor& input, const Tensor& weight, const Tensor& bias, torch::ScalarType result) {
  // LibTorch's functions take no undefined tensors.
  return Pointwise::apply(input, weight, bias.defined() ? bias : numbers(input, {0}), result);
}

}  // namespace pentimento::gpu
