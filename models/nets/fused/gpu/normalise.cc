// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "nets/fused/gpu/kernels.h"
#include "nets/fused/gpu/small.cuh"
#include "nets/fused/gpu/steps.h"

namespace pentimento::gpu {

using torch::Tensor;

namespace {

constexpr double kEpsilon = 1e-5;
constexpr int64_t kSmall = 48 * 48;  // pixels that one kernel works on

Grid small_grid(int64_t groups) { return {static_cast<int>(groups), 1, 1, kernels::kThreads}; }

struct Normalise : torch::autograd::Function<Normalise> {
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& input, const Tensor& weight,
                        const Tensor& bias, double slope, int64_t pad) {
    const kernels::Shape s = shape_of(input, pad);
    const int lanes = lanes_of(input.scalar_type(), s.channels);
    const int64_t pixels = input.size(2) * input.size(3), groups = s.channels / lanes;
    const auto real = static_cast<int>(weight.numel());
    const Tensor scale = weight.detach().contiguous(), offset = bias.detach().contiguous();
    const Tensor kept = numbers(input, {kernels::kKept, s.channels});
    const Tensor output = empty_picture(input, s.channels, s.padded_height(), s.padded_width());
    context->save_for_backward({input, kept});
    context->saved_data["slope"] = slope;
    context->saved_data["pad"] = pad;
    context->saved_data["real"] = int64_t{real};
    if (pixels <= kSmall) {
      launch(input, "small_normalise", lanes, small_grid(groups),
             kernels::SmallNormaliseArguments{input.const_data_ptr(), output.data_ptr(), scale.data_ptr<float>(),
                                              offset.data_ptr<float>(), kept.data_ptr<float>(), s, real,
                                              static_cast<float>(slope), kEpsilon});
      return output;
    }

    const Grid summing = Grid::along(pixels, groups);
    const Tensor sums = numbers(input, {summing.blocks(), 2, s.channels});
    launch(input, "moments", lanes, summing,
           kernels::MomentsArguments{input.const_data_ptr(), sums.data_ptr<float>(), pixels, s.channels});
    launch(input, "statistics", lanes, Grid::totals(s.channels),
           kernels::StatisticsArguments{sums.data_ptr<float>(), scale.data_ptr<float>(), offset.data_ptr<float>(),
                                        kept.data_ptr<float>(), summing.blocks(), s.channels, real,
                                        static_cast<double>(pixels), kEpsilon});
    launch(input, "normalise", lanes, Grid::over(s.padded_height(), s.padded_width(), groups, kSweepingBlocks),
           kernels::NormaliseArguments{input.const_data_ptr(), output.data_ptr(), kept.data_ptr<float>(), s,
                                       static_cast<float>(slope)});
    return output;
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* context,
                                               torch::autograd::tensor_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &input = saved[0], &kept = saved[1];
    const Tensor gradient = gradients[0].contiguous(torch::MemoryFormat::ChannelsLast);
    const auto slope = static_cast<float>(context->saved_data["slope"].toDouble());
    const auto real = static_cast<int>(context->saved_data["real"].toInt());
    const kernels::Shape s = shape_of(input, context->saved_data["pad"].toInt());
    const int lanes = lanes_of(input.scalar_type(), s.channels);
    const int64_t groups = s.channels / lanes, pixels = input.size(2) * input.size(3);
    const Tensor by_weight = numbers(input, {real}), by_bias = numbers(input, {real});
    const Tensor by_input = empty_picture(input, s.channels, s.height, s.width);
    if (pixels <= kSmall) {
      launch(input, "small_gradient", lanes, small_grid(groups),
             kernels::SmallGradientArguments{input.const_data_ptr(), gradient.const_data_ptr(), kept.data_ptr<float>(),
                                             by_weight.data_ptr<float>(), by_bias.data_ptr<float>(),
                                             by_input.data_ptr(), s, real, slope});
      return {by_input, by_weight, by_bias, Tensor(), Tensor()};
    }

    const Grid summing = Grid::over(s.height, s.width, groups, Grid::along(pixels, groups).blocks());
    const Tensor sums = numbers(input, {summing.blocks(), 2, s.channels}), shares = numbers(input, {2, s.channels});
    launch(input, "gradient_moments", lanes, summing,
           kernels::GradientMomentsArguments{input.const_data_ptr(), gradient.const_data_ptr(), kept.data_ptr<float>(),
                                             sums.data_ptr<float>(), s, slope});
    launch(input, "gradient_statistics", lanes, Grid::totals(s.channels),
           kernels::GradientStatisticsArguments{
               sums.data_ptr<float>(), kept.data_ptr<float>(), by_weight.data_ptr<float>(), by_bias.data_ptr<float>(),
               shares.data_ptr<float>(), summing.blocks(), s.channels, real, static_cast<double>(pixels)});
    launch(input, "gradient", lanes, Grid::over(s.height, s.width, groups, kSweepingBlocks),
           kernels::GradientArguments{input.const_data_ptr(), gradient.const_data_ptr(), kept.data_ptr<float>(),
                                      shares.data_ptr<float>(), by_input.data_ptr(), s, slope});
    return {by_input, by_weight, by_bias, Tensor(), Tensor()};
  }
};

}  // namespace

Tensor normalise_activate_pad(const Tensor& input, const Tensor& weight, const Tensor& bias, double slope,
                              int64_t pad) {
  return Normalise::apply(input, weight, bias, slope, pad);
}

}  // namespace pentimento::gpu
