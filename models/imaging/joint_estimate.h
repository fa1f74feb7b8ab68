// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// The low band of a picture: two box means of 2 radius + 1 pixels a side, cut at the rim. N x C x H x W -> the same.
torch::Tensor smoothed(const torch::Tensor& picture, int64_t radius);

// The guided filter with a guide of several channels (He, Sun, Tang, "Guided image filtering", TPAMI 2013, equations 14
// to 16) stops at its linear functions, one for every pixel, so that they can be laid over a larger guide.
struct ColorLines {
  torch::Tensor slopes;  // 1 x (channels * planes) x H x W: those of the guide's first channel, of its second, ...
  torch::Tensor offset;  // 1 x planes x H x W

  // The functions' values, of the guide's size: the lines are enlarged to it.
  torch::Tensor over(const torch::Tensor& guide) const;
};

// Every channel of `picture` becomes, in windows of 2 radius + 1 pixels, a linear function of `guide`'s. `flat` is the
// guide's variance below which it is taken for flat. Both 1 x C x H x W.
ColorLines color_lines(const torch::Tensor& guide, const torch::Tensor& picture, int64_t radius, double flat);

// The same, laid over that guide.
torch::Tensor guided_filter(const torch::Tensor& guide, const torch::Tensor& picture, int64_t radius, double flat);

// The classical estimate of a noisy picture that a second one of the same scene, without noise, guides: its DCT
// coefficients, Wiener-filtered with the guided filter's answer as the signal's spectrum. An edge that the guide alone
// has (a shadow of the flash) is only let through, not drawn. Both 1 x C x H x W in 0..1, sides >= 8.
torch::Tensor joint_estimate(const torch::Tensor& guide, const torch::Tensor& noisy);

}  // namespace pentimento
