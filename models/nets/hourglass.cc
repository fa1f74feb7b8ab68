// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/hourglass.h"

#include <ATen/autocast_mode.h>

#include <algorithm>

#include "imaging/resample.h"
#include "nets/fused/fused.h"

namespace pentimento {

using torch::Tensor;
namespace F = torch::nn::functional;

namespace {

constexpr double kSlope = 0.2;  // of LeakyReLU

}  // namespace

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
    // Padding is done apart, so that it can reflect. Without biases: the normalisation that follows takes them off
    // again.
    const auto convolution = [this](const char* name, int64_t from, int64_t to, int64_t kernel, int64_t stride = 1) {
      return register_module(name,
                             torch::nn::Conv2d(torch::nn::Conv2dOptions(from, to, kernel).stride(stride).bias(false)));
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
  if (options.starts_at_zero) {
    torch::nn::init::zeros_(last_->weight);
    torch::nn::init::zeros_(last_->bias);
  }
}

int64_t Hourglass::min_side() const {
  if (options_.padding == Padding::kZero) return 1;
  // Reflecting by p pixels needs p + 1 of them at the deepest scale's convolutions.
  const int64_t pad = *std::max_element(options_.down_kernel.begin(), options_.down_kernel.end()) / 2;
  return (pad << options_.down.size()) + 1;
}

namespace {

Tensor reflect(const Tensor& input, int64_t pad) {
  if (pad == 0) return input;
  return fusable(input) ? pad_reflected(input, pad) : torch::reflection_pad2d(input, {pad, pad, pad, pad});
}

// What convolutions compute in here, so that it is converted once.
Tensor in_their_precision(const Tensor& input) {
  const at::DeviceType device = input.device().type();
  return at::autocast::is_autocast_enabled(device) ? input.to(at::autocast::get_autocast_dtype(device)) : input;
}

// For an input with zeros as further channels.
Tensor widened(const Tensor& weight, int64_t channels) {
  const int64_t missing = channels - weight.size(1);
  return missing > 0 ? torch::constant_pad_nd(weight, {0, 0, 0, 0, 0, missing}) : weight;
}

Tensor inner(const Tensor& input, int64_t pad) {
  if (pad == 0) return input;
  if (fusable(input)) return cut(input, pad);
  return input.slice(2, pad, input.size(2) - pad).slice(3, pad, input.size(3) - pad);
}

}  // namespace

Tensor Hourglass::forward(const Tensor& input) {
  const Tensor deep = scale(reflect(in_their_precision(input), pad_for(options_.down_kernel[0])), 0);
  // In single precision also where all else computes in less.
  const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
  const Tensor out = few_outputs(deep, last_->weight) ? convolve_to_few(deep, last_->weight, last_->bias, torch::kFloat)
                                                      : convolve(deep.to(torch::kFloat), last_);
  return options_.sigmoid ? torch::sigmoid(out) : out;
}

Tensor Hourglass::scale(const Tensor& input, size_t i) {
  Scale& s = *scales_[i];
  const int64_t pad = pad_for(options_.down_kernel[i]);
  const bool deepest = i + 1 == scales_.size();

  Tensor deep = finish_and_convolve(shrink(convolve(input, s.down)), s.down_norm, true, s.same);
  deep = finish(deep, s.same_norm, true, deepest ? 0 : pad_for(options_.down_kernel[i + 1]));
  if (!deepest) deep = scale(deep, i + 1);

  // A 1x1 convolution of the padded input and a cut of its few channels cost less than a cut of the input.
  Tensor skip;
  if (s.skip)
    skip = finish(inner(convolve(input, s.skip), pad).contiguous(deep.suggest_memory_format()), s.skip_norm, true, 0);
  const Tensor joined = finish_and_convolve(join(skip, deep, i), s.join_norm, false, s.up);
  if (!s.pointwise) return finish(joined, s.up_norm, true, 0);
  return finish(finish_and_convolve(joined, s.up_norm, true, s.pointwise), s.pointwise_norm, true, 0);
}

Tensor Hourglass::join(const Tensor& skip, const Tensor& deep, size_t i) {
  const Upsampling upsampling = options_.upsampling[i];
  if (upsampling == Upsampling::kBilinear && skip.defined() && joinable(skip, deep)) return join_enlarged(skip, deep);
  auto twice = F::InterpolateFuncOptions().scale_factor(std::vector<double>{2, 2});
  if (upsampling == Upsampling::kNearest)
    twice.mode(torch::kNearest);
  else
    twice.mode(torch::kBilinear).align_corners(upsampling == Upsampling::kBilinearAligned);
  const Tensor large = F::interpolate(deep, twice);
  if (!skip.defined()) return large;
  // An odd side grows by one on its way down and up; the cut repairs it.
  return torch::cat({skip, large.slice(2, 0, skip.size(2)).slice(3, 0, skip.size(3))}, 1);
}

Tensor Hourglass::convolve(const Tensor& input, torch::nn::Conv2d& convolution) const {
  const int64_t kernel = convolution->weight.size(2);
  const Tensor weight = widened(convolution->weight, input.size(1));
  if (few_outputs(input, weight)) return convolve_to_few(input, weight, convolution->bias, input.scalar_type());
  return torch::conv2d(input, weight, convolution->bias, convolution->options.stride(), kernel / 2 - pad_for(kernel));
}

Tensor Hourglass::finish_and_convolve(const Tensor& input, torch::nn::BatchNorm2d& norm, bool activated,
                                      torch::nn::Conv2d& convolution) const {
  const int64_t pad = pad_for(convolution->weight.size(2));
  if (leaky() && pad == convolution->weight.size(2) / 2 && tiled_convolution_pays(input, convolution->weight))
    return normalise_activate_convolve(input, norm->weight, norm->bias, slope(activated), convolution->weight);
  return convolve(finish(input, norm, activated, pad), convolution);
}

Tensor Hourglass::finish(const Tensor& input, torch::nn::BatchNorm2d& norm, bool activated, int64_t pad) const {
  if (leaky() && pad <= 1 && fusable(input))
    return normalise_activate_pad(input, norm->weight, norm->bias, slope(activated), pad);
  const int64_t channels = norm->weight.size(0);
  const Tensor own = input.size(1) > channels ? input.narrow(1, 0, channels) : input;
  const Tensor normalised = torch::batch_norm(own, norm->weight, norm->bias, {}, {}, /*training=*/true,
                                              /*momentum=*/0, /*eps=*/1e-5, /*cudnn_enabled=*/true);
  return reflect(activated ? activate(normalised) : normalised, pad);
}

bool Hourglass::leaky() const {
  return options_.activation == Activation::kLeakyRelu || options_.activation == Activation::kNone;
}

double Hourglass::slope(bool activated) const {
  return activated && options_.activation == Activation::kLeakyRelu ? kSlope : 1;
}

Tensor Hourglass::activate(const Tensor& input) const {
  switch (options_.activation) {
    case Activation::kLeakyRelu:
      return torch::leaky_relu(input, kSlope);
    case Activation::kSwish:
      return torch::silu(input);
    case Activation::kElu:
      return torch::elu(input);
    case Activation::kNone:
      return input;
  }
  return input;
}

Tensor Hourglass::shrink(const Tensor& input) const {
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
