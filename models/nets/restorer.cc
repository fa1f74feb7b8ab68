// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/restorer.h"

#include <algorithm>
#include <string>

#include "nets/rescaling.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr double kSlope = 0.1;     // of the LeakyReLUs
constexpr double kMostGain = 1.5;  // of the logarithm
constexpr int64_t kColors = 3, kBands = 4 * kColors;
constexpr int64_t kBlocksBefore = 1, kBlocksAfter = 2;  // of the detail path, around where the abstract branch joins

torch::nn::Conv2d convolution(int64_t in, int64_t out, int64_t side, int64_t stride = 1) {
  return torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, side).stride(stride).padding(side / 2));
}

void set_zero(const torch::nn::Conv2d& c) {
  const torch::NoGradGuard no_grad;
  c->weight.zero_();
  c->bias.zero_();
}

Tensor convolved(const torch::nn::Conv2d& c, const Tensor& input) {
  return torch::conv2d(input, c->weight.to(input.scalar_type()), c->bias.to(input.scalar_type()), c->options.stride(),
                       c->options.kernel_size()->at(0) / 2);
}

Tensor through(const std::vector<std::shared_ptr<ResidualBlock>>& blocks, Tensor x) {
  for (const auto& block : blocks) x = block->forward(x);
  return x;
}

Tensor enlarged(const Tensor& field, int64_t factor) {
  const auto f = static_cast<double>(factor);
  return torch::upsample_bilinear2d(field, {field.size(2) * factor, field.size(3) * factor}, false, f, f);
}

Tensor channels_last(const Tensor& x) { return x.contiguous(torch::MemoryFormat::ChannelsLast); }

}  // namespace

ResidualBlock::ResidualBlock(int64_t channels)
    : first_(register_module("first", convolution(channels, channels, 3))),
      second_(register_module("second", convolution(channels, channels, 3))) {
  const torch::NoGradGuard no_grad;
  second_->weight.mul_(0.1);
  second_->bias.zero_();
}

Tensor ResidualBlock::forward(const Tensor& input) const {
  return input + convolved(second_, torch::leaky_relu(convolved(first_, input), kSlope));
}

Restorer::Restorer(const RestorerShape& shape) : shape_(shape) {
  TORCH_CHECK(shape.depth >= 0 && shape.depth <= RestorerShape::kMostDepth && shape.width >= kBands);
  const auto block = [&](const std::string& name, int64_t level) {
    return register_module(name, std::make_shared<ResidualBlock>(channels(level)));
  };
  const auto own = [&](const std::string& name, const torch::nn::Conv2d& c) { return register_module(name, c); };
  const bool detail = shape.detail;
  entry_ = own("entry", detail ? convolution(kBands, shape.width, 3) : convolution(kColors, shape.width, 3, 2));
  for (int64_t i = 0; i < kBlocksBefore; ++i) before_.push_back(block("before" + std::to_string(i), 0));
  for (int64_t l = 0; l < shape.depth; ++l) {
    const std::string level = "level" + std::to_string(l + 1) + "_";
    const int64_t above = channels(l), here = channels(l + 1);
    down_.push_back(own(level + "down", detail ? convolution(4 * above, here, 1) : convolution(above, here, 3, 2)));
    down_blocks_.push_back(block(level + "down_block", l + 1));
    up_.push_back(own(level + "up", convolution(here, 4 * above, 1)));
    if (l > 0) up_blocks_.push_back(block(level + "up_block", l));
  }
  for (int64_t i = 0; i < kBlocksAfter; ++i) after_.push_back(block("after" + std::to_string(i), 0));
  head_ = own("head", convolution(shape.width, kBands + (detail ? kColors : 0), 3));
  if (!detail) return;
  set_zero(head_);
  if (shape.depth == 0) return;
  set_zero(up_[0]);
  field_ = own("field", convolution(channels(1), kColors, 3));
  set_zero(field_);
}

Tensor gain_of(const Tensor& logarithm) { return (kMostGain * (logarithm / kMostGain).tanh()).exp(); }

int64_t Restorer::channels(int64_t level) const { return shape_.width * (level == 0 ? 1 : level == 1 ? 4 : 6); }

Tensor Restorer::detail(const Tensor& picture, torch::ScalarType type) const {
  const Tensor seen = shape_.detail ? haar(picture) : picture;
  return through(before_, convolved(entry_, channels_last(seen.to(type))));
}

Restorer::Abstraction Restorer::abstraction(const Tensor& detail, torch::ScalarType type) const {
  Abstraction made;
  Tensor x = detail.to(type);
  for (size_t l = 0; l < down_.size(); ++l) {
    x = down_blocks_[l]->forward(convolved(down_[l], shape_.detail ? channels_last(haar(x)) : x));
    made.levels.push_back(x);
  }
  if (made.levels.empty()) return made;
  made.deepest = x;
  for (size_t l = down_.size(); l-- > 0;) {
    if (l == 0 && shape_.detail) made.field = convolved(field_, x).to(torch::kFloat);
    x = channels_last(inverse_haar(convolved(up_[l], x)));
    if (l > 0) x = up_blocks_[l - 1]->forward(shape_.detail ? x + made.levels[l - 1] : x);
  }
  made.joined = x;
  return made;
}

Tensor Restorer::restored(const Tensor& picture, const Tensor& detail, const Abstraction& abstraction,
                          torch::ScalarType type) const {
  const Tensor& joined = abstraction.joined;
  const Tensor both = !shape_.detail && joined.defined() ? joined : joined.defined() ? detail + joined : detail;
  const Tensor made = convolved(head_, through(after_, both.to(type))).to(torch::kFloat);
  const Tensor residual = inverse_haar(made.slice(1, 0, kBands));
  if (!shape_.detail) return residual;
  Tensor gain = enlarged(made.slice(1, kBands), 2);
  if (abstraction.field.defined()) gain = gain + enlarged(abstraction.field, 4);
  return picture * gain_of(gain) + residual;
}

Tensor Restorer::forward(const Tensor& picture, torch::ScalarType type) const {
  const Tensor features = detail(picture, type);
  return restored(picture, features, abstraction(features, type), type);
}

int64_t Restorer::reach() const {
  constexpr int64_t kOfBlock = 2;
  int64_t pixels = 2 * (1 + kOfBlock * kBlocksBefore);
  for (int64_t l = 1; l <= shape_.depth; ++l) {
    const int64_t cell = int64_t{2} << l;
    pixels = (pixels + cell - 1) / cell * cell + kOfBlock * cell;
  }
  for (int64_t l = 1; l < shape_.depth; ++l) pixels += kOfBlock * (int64_t{2} << l);
  // The head, and half a cell of the gain, which is enlarged. The field sees less far.
  return pixels + 2 * (kOfBlock * kBlocksAfter + 1) + 1;
}

std::vector<double> Restorer::dimension_ratios() const {
  std::vector<double> ratios;
  for (int64_t l = 0; l <= shape_.depth; ++l) {
    const auto numbers = [&](int64_t level) {
      return static_cast<double>(channels(level)) / static_cast<double>(kColors * (int64_t{4} << (2 * level)));
    };
    // With a detail path a cut goes through it, too: its features, and the picture itself at full resolution.
    ratios.push_back(numbers(l) + (shape_.detail ? 1 + (l > 0 ? numbers(0) : 0) : 0));
  }
  return ratios;
}

int64_t width_for(int64_t parameters, int64_t depth, bool detail) {
  int64_t width = kBands;
  const auto count = [&](int64_t w) {
    int64_t n = 0;
    for (const Tensor& p : Restorer({w, depth, detail}).parameters()) n += p.numel();
    return n;
  };
  while (count(width + 1) <= parameters) ++width;
  return width;
}

}  // namespace pentimento
