// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// Steps of the hourglass between its large convolutions, each in one sweep over memory: they cost as much as those
// otherwise. Differentiable. Tensors are 1 x C x H x W with the channels innermost: float on the CPU, float or bfloat16
// on a GPU (gpu/); fusable() tells whether a tensor can be taken.
//
// On a GPU, what is padded or joined has zeros as further channels, so that a pixel is a multiple of 16 bytes, which
// convolutions on tensor cores want. Steps that get fewer weights than channels leave those zero.
bool fusable(const torch::Tensor& picture);

// Batch normalisation over the picture (eps 1e-5), then LeakyReLU of `slope` in (0, 1] (1: none), then reflection
// padding by `pad` (0 or 1): 1 x C x (H + 2 pad) x (W + 2 pad). H, W > pad.
torch::Tensor normalise_activate_pad(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias,
                                     double slope, int64_t pad);

// The same, padded by kernel / 2, then convolved with `kernel` (O x C x 3 x 3 or O x C x 1 x 1): 1 x O x H x W. The
// padded picture is never written. 3x3: Winograd's F(4x4, 3x3) (Lavin and Gray, CVPR 2016), within 1e-4 of the result's
// magnitude. tiled_convolution_pays() tells whether this is possible and faster than LibTorch's.
bool tiled_convolution_pays(const torch::Tensor& input, const torch::Tensor& kernel);
torch::Tensor normalise_activate_convolve(const torch::Tensor& input, const torch::Tensor& weight,
                                          const torch::Tensor& bias, double slope, const torch::Tensor& kernel);

// Reflection padding alone, by any `pad` less than H and W.
torch::Tensor pad_reflected(const torch::Tensor& input, int64_t pad);

// The picture without `rim` (at least 0) pixels on every side: 1 x C x (H - 2 rim) x (W - 2 rim). H, W > 2 rim.
torch::Tensor cut(const torch::Tensor& input, int64_t rim);

// `deep` (1 x D x ceil(H/2) x ceil(W/2)) enlarged twice, bilinear with align_corners = false, cut to H x W and put
// behind the channels of `skip` (1 x S x H x W): 1 x (S + D) x H x W. joinable() tells whether it can take them.
bool joinable(const torch::Tensor& skip, const torch::Tensor& deep);
torch::Tensor join_enlarged(const torch::Tensor& skip, const torch::Tensor& deep);

// A 1x1 convolution to so few channels that it is all memory traffic: 1 x C x H x W -> 1 x O x H x W. few_outputs()
// tells whether it can take input and weight (O x C x 1 x 1). The bias may be undefined. `result`: the input's type or
// float.
bool few_outputs(const torch::Tensor& input, const torch::Tensor& weight);
torch::Tensor convolve_to_few(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias,
                              torch::ScalarType result);

}  // namespace pentimento
