// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <optional>

namespace pentimento {

// A picture as a sum of two: what each layer contributes, 1 x C x H x W, first + second is the picture.
struct Shares {
  torch::Tensor first, second;
  std::optional<double> weight;  // of the first layer, where it is known
};

// Two pictures of the same two layers, I_k = a_k R + (1 - a_k) T, as shares of the first picture. Gradients of one
// layer alone lie on a line in the plane of (dI_1, dI_2); the two lines are the most likely ones if the layers'
// gradients are sparse and independent (a blind separation of sources as after Levin and Weiss 2007, Zibulevsky and
// Pearlmutter 2001), and tell the ratios a_1 / a_2 and (1 - a_1) / (1 - a_2). Nothing if the pictures have only one
// line: if they are the same up to a factor, or flat. The weight is a_1, which holds where both pictures are equally
// exposed.
std::optional<Shares> unmix(const torch::Tensor& one, const torch::Tensor& other);

// A picture that is a sharp layer and a smooth one, such as a reflection out of focus ("relative smoothness", the idea
// of Li and Brown, CVPR 2014): edges that blurring would weaken go to the first, all other gradients to the second, and
// Poisson's equation makes a layer of them. Sides >= 8.
Shares split_by_smoothness(const torch::Tensor& picture);

// Two layers that blend to a picture: I = weight * first + (1 - weight) * second.
struct Layers {
  torch::Tensor first, second;  // in 0..1
  double weight;                // a multiple of 1/255, so that 8 bits hold it
};

// The layers that have these shares of `picture`. How bright they are is free within 0..1: the weight lets both keep
// their range if one can, and is the known one if that does. They blend to the picture exactly, also where a share had
// to be cut.
Layers layers_of(const Shares& shares, const torch::Tensor& picture);

// The layers nearest to these that blend to `picture`, with the same weight.
Layers blended_to(const Layers& layers, const torch::Tensor& picture);

}  // namespace pentimento
