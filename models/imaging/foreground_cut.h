// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace pentimento {

// What is known of which pixels are foreground and which background: N x 1 x H x W of 0 and 1, nowhere both.
struct Hints {
  torch::Tensor foreground, background;
  bool certain = true;  // strokes of the user, which hold; otherwise a guess, which only says where to begin
};

// Foreground and background told apart by their colours and texture, by how far it is to the hints, and by edges, as
// "GrabCut" does (Rother, Kolmogorov, Blake, SIGGRAPH 2004): the colours of the hints first, then those of the labels
// found.
class ForegroundCut {
 public:
  // `frames` N x C x H x W in 0..1, of one sequence.
  ForegroundCut(const torch::Tensor& frames, Hints hints);

  // Labels of 0 and 1, N x 1 x H x W. `labels` are the last ones, or undefined. `evidence`, undefined or N x 1 x H x W,
  // is added to the logarithm of how much likelier foreground is than background.
  torch::Tensor operator()(const torch::Tensor& labels, const torch::Tensor& evidence) const;

 private:
  torch::Tensor likelier(const torch::Tensor& labels) const;

  Hints hints_;
  torch::Tensor features_;  // M x D
  torch::Tensor nearer_;    // -1..1: from near the background's hints to near the foreground's
  torch::Tensor ties_;
};

// `labels` without what is foreground but hangs together with no hint of it.
torch::Tensor connected_to(const torch::Tensor& hints, const torch::Tensor& labels);

}  // namespace pentimento
