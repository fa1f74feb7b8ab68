// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/fused/gpu/join.cuh"

#include <algorithm>
#include <vector>

#include "nets/fused/gpu/kernels.h"
#include "nets/fused/gpu/steps.h"

namespace pentimento::gpu {

using torch::Tensor;

namespace {

struct Pad : torch::autograd::Function<Pad> {
  // The picture's own channels and those of the padded one, and lanes that divide both.
  static int lanes(const Tensor& input, int64_t channels) {
    return std::min(lanes_of(input.scalar_type(), input.size(1)), lanes_of(input.scalar_type(), channels));
  }

  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& input, int64_t pad) {
    const int64_t channels = pad > 0 ? whole(input.scalar_type(), input.size(1)) : input.size(1);
    kernels::Shape s = shape_of(input, pad);
    s.channels = static_cast<int>(channels);
    const Tensor output = empty_picture(input, channels, s.padded_height(), s.padded_width());
    const int n = lanes(input, channels);
    launch(input, "pad", n, Grid::over(s.padded_height(), s.padded_width(), channels / n, kSweepingBlocks),
           kernels::PadArguments{input.const_data_ptr(), output.data_ptr(), s, static_cast<int>(input.size(1))});
    context->saved_data["shape"] = input.sizes().vec();
    context->saved_data["pad"] = pad;
    return output;
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* context,
                                               torch::autograd::tensor_list gradients) {
    const std::vector<int64_t> shape = context->saved_data["shape"].toIntVector();
    const Tensor gradient = gradients[0].contiguous(torch::MemoryFormat::ChannelsLast);
    const Tensor by_input = empty_picture(gradient, shape[1], shape[2], shape[3]);
    kernels::Shape s = shape_of(by_input, context->saved_data["pad"].toInt());
    s.channels = static_cast<int>(gradient.size(1));
    const int n = lanes(by_input, gradient.size(1));
    launch(
        gradient, "pad_gradient", n, Grid::over(s.height, s.width, gradient.size(1) / n, kSweepingBlocks),
        kernels::PadGradientArguments{gradient.const_data_ptr(), by_input.data_ptr(), s, static_cast<int>(shape[1])});
    return {by_input, Tensor()};
  }
};

// That divide both pictures' channels, and those of the two joined.
int lanes_of_both(torch::ScalarType element, int64_t skip, int64_t deep) {
  return std::min(lanes_of(element, skip), lanes_of(element, deep));
}

struct Join : torch::autograd::Function<Join> {
  static kernels::JoinShape shape(const std::vector<int64_t>& d) {
    const auto at = [&](size_t i) { return static_cast<int>(d[i]); };
    return {at(0), at(1), at(2), at(3), at(4), at(5), at(6)};
  }

  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& skip, const Tensor& deep) {
    const int64_t channels = whole(skip.scalar_type(), skip.size(1) + deep.size(1));
    const std::vector<int64_t> dimensions = {skip.size(2), skip.size(3), deep.size(2), deep.size(3),
                                             skip.size(1), deep.size(1), channels};
    const kernels::JoinShape s = shape(dimensions);
    const Tensor output = empty_picture(skip, channels, skip.size(2), skip.size(3));
    const int n = lanes_of_both(skip.scalar_type(), s.skip, s.deep);
    launch(skip, "join", n, Grid::over(s.height, s.width, s.channels / n, kSweepingBlocks),
           kernels::JoinArguments{skip.const_data_ptr(), deep.const_data_ptr(), output.data_ptr(), s});
    context->saved_data["shape"] = dimensions;
    return output;
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* context,
                                               torch::autograd::tensor_list gradients) {
    const kernels::JoinShape s = shape(context->saved_data["shape"].toIntVector());
    const Tensor gradient = gradients[0].contiguous(torch::MemoryFormat::ChannelsLast);
    const Tensor by_deep = empty_picture(gradient, s.deep, s.coarse_height, s.coarse_width);
    const int n = lanes_of_both(gradient.scalar_type(), s.skip, s.deep);
    launch(gradient, "join_gradient", n, Grid::over(s.coarse_height, s.coarse_width, s.deep / n, kSweepingBlocks),
           kernels::JoinGradientArguments{gradient.const_data_ptr(), by_deep.data_ptr(), s});
    return {gradient.narrow(1, 0, s.skip).contiguous(torch::MemoryFormat::ChannelsLast), by_deep};
  }
};

}  // namespace

Tensor pad_reflected(const Tensor& input, int64_t pad) { return Pad::apply(input, pad); }

Tensor cut(const Tensor& input, int64_t rim) { return Pad::apply(input, -rim); }

bool joinable(const Tensor& skip, const Tensor& deep) {
  const torch::ScalarType element = skip.scalar_type();
  return whole(element, skip.size(1) + deep.size(1)) / lanes_of_both(element, skip.size(1), deep.size(1)) <=
         kernels::kThreads;
}

Tensor join_enlarged(const Tensor& skip, const Tensor& deep) { return Join::apply(skip, deep); }

}  // namespace pentimento::gpu
