// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <string>

namespace pentimento {

// What rain, haze and shadow do to clean photographs, by their physics and in linear light: N x 3 x H x W, R'G'B' in
// 0..1 (the curve of sRGB) -> the same, each picture in its own way. All chance comes from LibTorch's default generator
// of the CPU, so that a seed gives the same weather on every device.

// Streaks at three distances, each a motion-blurred scatter of drops in about one direction that lets a part of the
// scene through, and a veil: the rain that is too far to be seen as drops.
torch::Tensor with_rain(const torch::Tensor& clean);

// I = t J + (1 - t) A, t = exp(-(b0 + b d)) (Koschmieder), over a procedural depth d of 0..1: a tilted ground with
// hills, unrelated to what the picture shows. A is greyish.
torch::Tensor with_haze(const torch::Tensor& clean);

// J (1 - m (1 - g)): a mask m with soft edges, and per channel the share g of the light that the sky alone gives, which
// is bluish.
torch::Tensor with_shadow(const torch::Tensor& clean);

using Degradation = torch::Tensor (*)(const torch::Tensor& clean);

// For "rain", "haze" or "shadow".
Degradation find_degradation(const std::string& task);

}  // namespace pentimento
