// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/hourglass.h"

#include <algorithm>

#include "imaging/resample.h"

namespace pentimento {

using torch::Tensor;
namespace F = torch::nn::functional;

HourglassOptions HourglassOptions::uniform(int64_t in_channels, int64_t scales, int64_t width, int64_t skip,
                                           int64_t out_channels) {
  const auto n = static_cast<size_t>(scales);
  HourglassOptions o;
  o.in_channels = in_channels;
  o.out_channels = out_channels;
  o.down = o.up = std::vector<int64_t>(n, width);
  o.skip = std::vector<int64_t>(n, skip);
  o.down_kernel = o.up_kernel = std::vector<int64_t>(n, 3);
  o.upsampling = std::vector<Upsampling>(n, Upsampling::kBilinear);
  return o;
}

struct Hourglass::Scale : torch::nn::Module {
  torch::nn::Conv2d skip{nullptr}, down{nullptr}, same{nullptr}, up{nullptr}, pointwise{nullptr};
  torch::nn::BatchNorm2d skip_norm{nullptr}, down_norm{nullptr}, same_norm{nullptr}, join_norm{nullptr},
      up_norm{nullptr}, pointwise_norm{nullptr};

  Scale(const HourglassOptions& o, size_t i) {
    const int64_t in = i == 0 ? o.in_channels : o.down[i - 1];
    const int64_t deeper = i + 1 < o.up.size() ? o.up[i + 1] : o.down[i];
    // Padding is done apart, so that it can reflect.
    const auto convolution = [this](const char* name, int64_t from, int64_t to, int64_t kernel, int64_t stride = 1) {
      return register_module(name, torch::nn::Conv2d(torch::nn::Conv2dOptions(from, to, kernel).stride(stride)));
    };
    // Without running statistics: this network only ever sees one picture.
    const auto norm = [this](const char* name, int64_t channels) {
      return register_module(
          name, torch::nn::BatchNorm2d(torch::nn::BatchNorm2dOptions(channels).track_running_stats(false)));
    };
    if (o.skip[i] > 0) {
      skip = convolution("skip", in, o.skip[i], 1);
      skip_norm = norm("skip_norm", o.skip[i]);
    }
    down = convolution("down", in, o.down[i], o.down_kernel[i], o.downsampling == Downsampling::kStride ? 2 : 1);
    down_norm = norm("down_norm", o.down[i]);
    same = convolution("same", o.down[i], o.down[i], o.down_kernel[i]);
    same_norm = norm("same_norm", o.down[i]);
    join_norm = norm("join_norm", o.skip[i] + deeper);
    up = convolution("up", o.skip[i] + deeper, o.up[i], o.up_kernel[i]);
    up_norm = norm("up_norm", o.up[i]);
    if (o.pointwise_up) {
      pointwise = convolution("pointwise", o.up[i], o.up[i], 1);
      pointwise_norm = norm("pointwise_norm", o.up[i]);
    }
  }
};

Hourglass::Hourglass(const HourglassOptions& options) : options_(options) {
  const size_t n = options.down.size();
  TORCH_CHECK(n > 0 && options.up.size() == n && options.skip.size() == n && options.down_kernel.size() == n &&
                  options.up_kernel.size() == n && options.upsampling.size() == n,
              "an hourglass needs one entry per scale in each of its lists");
  for (size_t i = 0; i < n; ++i)
    scales_.push_back(register_module("scale" + std::to_string(i), std::make_shared<Scale>(options, i)));
  last_ = register_module("last", torch::nn::Conv2d(torch::nn::Conv2dOptions(options.up[0], options.out_channels, 1)));
}

int64_t Hourglass::min_side() const {
  if (options_.padding == Padding::kZero) return 1;
  // Reflecting by p pixels needs p + 1 of them at the deepest scale's convolutions.
  const int64_t pad = *std::max_element(options_.down_kernel.begin(), options_.down_kernel.end()) / 2;
  return (pad << options_.down.size()) + 1;
}

Tensor Hourglass::forward(const Tensor& input) {
  const Tensor features = scale(input, 0);
  const Tensor out = last_->forward(features);
  return options_.sigmoid ? torch::sigmoid(out) : out;
}

Tensor Hourglass::scale(const Tensor& input, size_t i) {
  Scale& s = *scales_[i];
  Tensor deep = convolve(input, s.down);
  deep = activate(normalise(shrink(deep), s.down_norm));
  deep = block(deep, s.same, s.same_norm);
  if (i + 1 < scales_.size()) deep = scale(deep, i + 1);

  const int64_t h = input.size(2), w = input.size(3);
  auto enlarge = F::InterpolateFuncOptions().scale_factor(std::vector<double>{2, 2});
  if (options_.upsampling[i] == Upsampling::kNearest)
    enlarge.mode(torch::kNearest);
  else
    enlarge.mode(torch::kBilinear).align_corners(options_.upsampling[i] == Upsampling::kBilinearAligned);
  deep = F::interpolate(deep, enlarge);

  if (s.skip) {
    const Tensor shallow = block(input, s.skip, s.skip_norm);
    // An odd side grows by one on its way down and up; the centre crop repairs it.
    const int64_t top = (deep.size(2) - h) / 2, left = (deep.size(3) - w) / 2;
    deep = torch::cat({shallow, deep.slice(2, top, top + h).slice(3, left, left + w)}, 1);
  }
  deep = block(normalise(deep, s.join_norm), s.up, s.up_norm);
  return s.pointwise ? block(deep, s.pointwise, s.pointwise_norm) : deep;
}

Tensor Hourglass::block(const Tensor& input, torch::nn::Conv2d& convolution, torch::nn::BatchNorm2d& norm) {
  return activate(normalise(convolve(input, convolution), norm));
}

Tensor Hourglass::convolve(const Tensor& input, torch::nn::Conv2d& convolution) {
  const int64_t pad = convolution->weight.size(2) / 2;
  const int64_t stride = convolution->options.stride()->at(0);
  if (options_.padding == Padding::kReflection && pad > 0)
    return torch::conv2d(torch::reflection_pad2d(input, {pad, pad, pad, pad}), convolution->weight, convolution->bias,
                         stride);
  return torch::conv2d(input, convolution->weight, convolution->bias, stride, pad);
}

Tensor Hourglass::normalise(const Tensor& input, torch::nn::BatchNorm2d& norm) {
  return torch::batch_norm(input, norm->weight, norm->bias, {}, {}, /*training=*/true, /*momentum=*/0, /*eps=*/1e-5,
                           /*cudnn_enabled=*/true);
}

Tensor Hourglass::activate(const Tensor& input) {
  switch (options_.activation) {
    case Activation::kLeakyRelu:
      return torch::leaky_relu(input, 0.2);
    case Activation::kSwish:
      return torch::silu(input);
    case Activation::kElu:
      return torch::elu(input);
    case Activation::kNone:
      return input;
  }
  return input;
}

Tensor Hourglass::shrink(const Tensor& input) {
  switch (options_.downsampling) {
    case Downsampling::kStride:
      return input;  // the convolution did it
    case Downsampling::kAverage:
      return torch::avg_pool2d(input, 2);
    case Downsampling::kMax:
      return torch::max_pool2d(input, 2);
    case Downsampling::kLanczos2:
      return lanczos_downsample(input, 2, 2);
    case Downsampling::kLanczos3:
      return lanczos_downsample(input, 2, 3);
  }
  return input;
}

}  // namespace pentimento
