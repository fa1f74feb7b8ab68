// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace pentimento {

// Haze is I = t J + (1 - t) A (Koschmieder): scene J, transmission t (1 x 1 x H x W, 0..1), airlight A
// (1 x 3 x 1 x 1). Pictures are N x 3 x H x W, R'G'B' in 0..1, N frames of one sequence.

// The dark channel (He, Sun, Tang, "Single image haze removal using dark channel prior", CVPR 2009, equation 5): the
// least sample of all channels in windows of 2 radius + 1 pixels. N x 1 x H x W.
torch::Tensor dark_channel(const torch::Tensor& picture, int64_t radius);

// The airlight from the pixels whose dark channel is among the highest hundredth (section 4.4 there), the brightest
// of them channel by channel, after a light smoothing. One for all frames.
torch::Tensor find_airlight(const torch::Tensor& picture);

// No scene has samples below 0, so t is at least this (Meng et al., ICCV 2013, equation 8): 1 - min over channels of
// I / A, in 0..1. Where something in the scene is black or of a pure colour, t is this.
torch::Tensor least_transmission(const torch::Tensor& picture, const torch::Tensor& airlight);

// The transmission: a smooth envelope of the bound. t minimises the squared distances to the bound, where t lies above
// it a hundred times more lightly than below, plus those of neighbours (also the next frame's), which count less across
// an edge of `picture`. So what is pale itself, and says little of the haze, takes its value from what is around it.
// Solved on a coarse grid by reweighted conjugate gradients. N x 1 x H x W -> the same.
torch::Tensor transmission_envelope(const torch::Tensor& picture, const torch::Tensor& bound);

// J, in 0..1. Where hardly any of it comes through, t counts as 0.1 (section 4.3): the noise would be all there is to
// see.
torch::Tensor scene_behind(const torch::Tensor& picture, const torch::Tensor& transmission,
                           const torch::Tensor& airlight);

}  // namespace pentimento
