// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/rescaling.h"

#include <string>

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kSmall = 3;  // channels of the small picture

}  // namespace

Tensor haar(const Tensor& picture) {
  const auto pixel = [&](int64_t row, int64_t column) {
    return picture.slice(2, row, c10::nullopt, 2).slice(3, column, c10::nullopt, 2);
  };
  const Tensor a = pixel(0, 0), b = pixel(0, 1), c = pixel(1, 0), d = pixel(1, 1);
  return torch::cat({a + b + c + d, a - b + c - d, a + b - c - d, a - b - c + d}, 1).div_(4);
}

Tensor inverse_haar(const Tensor& bands) {
  const std::vector<Tensor> band = bands.chunk(4, 1);
  const Tensor &mean = band[0], &across = band[1], &down = band[2], &diagonal = band[3];
  const auto row = [](const Tensor& left, const Tensor& right) { return torch::stack({left, right}, 4).flatten(3); };
  const Tensor top = row(mean + across + down + diagonal, mean - across + down - diagonal);
  const Tensor bottom = row(mean + across - down - diagonal, mean - across - down + diagonal);
  return torch::stack({top, bottom}, 3).flatten(2, 3);
}

CouplingBlock::CouplingBlock(int64_t channels)
    : f_(register_module("F", std::make_shared<DenseBlock>(channels - kSmall, kSmall))),
      g_(register_module("G", std::make_shared<DenseBlock>(kSmall, channels - kSmall))),
      h_(register_module("H", std::make_shared<DenseBlock>(kSmall, channels - kSmall))) {}

// 2 sigmoid(h) - 1 = tanh(h / 2)
Tensor CouplingBlock::forward(const Tensor& x, torch::ScalarType type) const {
  const Tensor x2 = x.slice(1, kSmall);
  const Tensor y1 = x.slice(1, 0, kSmall) + f_->forward(x2, type);
  const Tensor y2 = x2 * torch::tanh(h_->forward(y1, type) / 2).exp() + g_->forward(y1, type);
  return torch::cat({y1, y2}, 1);
}

Tensor CouplingBlock::inverse(const Tensor& y, torch::ScalarType type) const {
  const Tensor y1 = y.slice(1, 0, kSmall);
  const Tensor x2 = (y.slice(1, kSmall) - g_->forward(y1, type)) * torch::tanh(h_->forward(y1, type) / -2).exp();
  return torch::cat({y1 - f_->forward(x2, type), x2}, 1);
}

Rescaling::Rescaling(const std::vector<int64_t>& blocks) {
  const auto operations = register_module("operations", std::make_shared<torch::nn::Module>());
  int64_t index = 0, channels = kSmall;
  for (const int64_t count : blocks) {
    ++index;  // the Haar transform has nothing to learn
    channels *= 4;
    Level level;
    for (int64_t b = 0; b < count; ++b)
      level.push_back(operations->register_module(std::to_string(index++), std::make_shared<CouplingBlock>(channels)));
    levels_.push_back(std::move(level));
  }
}

Rescaled Rescaling::shrink(const Tensor& picture, torch::ScalarType type) const {
  Tensor x = picture;
  for (const Level& level : levels_) {
    x = haar(x);
    for (const auto& block : level) x = block->forward(x, type);
  }
  return {x.slice(1, 0, kSmall), x.slice(1, kSmall)};
}

Tensor Rescaling::enlarge(const Tensor& small, const Tensor& latent, torch::ScalarType type) const {
  Tensor x = join(small, latent);
  for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
    for (auto block = level->rbegin(); block != level->rend(); ++block) x = (*block)->inverse(x, type);
    x = inverse_haar(x);
  }
  return x;
}

Tensor Rescaling::join(const Tensor& small, const Tensor& latent) const {
  if (latent.defined()) return torch::cat({small, latent}, 1);
  return torch::constant_pad_nd(small, {0, 0, 0, 0, 0, kSmall * (scale() * scale() - 1)});
}

Tensor round_to_8_bits(const Tensor& picture) {
  const Tensor rounded = picture.detach().clamp(0, 1).mul(255).round().div(255);
  return picture.requires_grad() ? picture + (rounded - picture).detach() : rounded;
}

}  // namespace pentimento
