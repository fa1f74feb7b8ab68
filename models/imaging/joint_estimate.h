// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// The low band of a picture: two box means of 2 radius + 1 pixels a side, cut at the rim. N x C x H x W -> the same.
torch::Tensor smoothed(const torch::Tensor& picture, int64_t radius);

// The guided filter with a guide of several channels (He, Sun, Tang, "Guided image filtering", TPAMI 2013, equations 14
// to 16): every channel of `picture` becomes, in windows of 2 radius + 1 pixels, a linear function of `guide`'s.
// `flat` is the guide's variance below which it is taken for flat. Both 1 x C x H x W.
torch::Tensor guided_filter(const torch::Tensor& guide, const torch::Tensor& picture, int64_t radius, double flat);

// The same, but `picture` and `small_guide` are a small version's: the windows' linear functions are enlarged and laid
// over `guide` ("Fast guided filter", He and Sun 2015). For smooth maps of large pictures; the result is of its size.
torch::Tensor guided_upsample(const torch::Tensor& small_guide, const torch::Tensor& picture, int64_t radius,
                              double flat, const torch::Tensor& guide);

// The classical estimate of a noisy picture that a second one of the same scene, without noise, guides: its DCT
// coefficients, Wiener-filtered with the guided filter's answer as the signal's spectrum. An edge that the guide alone
// has (a shadow of the flash) is only let through, not drawn. Both 1 x C x H x W in 0..1, sides >= 8.
torch::Tensor joint_estimate(const torch::Tensor& guide, const torch::Tensor& noisy);

}  // namespace pentimento
