// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

namespace pentimento {

// A mark of one colour laid over pictures: marked = opacity * color + (1 - opacity) * clean.
struct Tone {
  double opacity = 0;
  torch::Tensor color;   // C, 0..1
  double agreement = 0;  // 0..1, how well the pairs of pixels that it was fitted to agree, texture allowed for
};

// Tones of a mark that `pictures` (n x C x H x W in 0..1) may have in the same place, the likeliest first; none if
// there is no sign of one. Close neighbours on both sides of the mark's rim are nearly the same without it, so their
// samples lie on one line, marked = slope * unmarked + offset, the same everywhere in `hint` (1 x 1 x H x W of 0 and 1)
// and rare outside: the lines that most pairs agree on (random sample consensus, Fischler and Bolles 1981).
std::vector<Tone> find_tones(const torch::Tensor& pictures, const torch::Tensor& hint, uint64_t seed);

// The same line fitted again to the pairs across the rim of `coverage` (1 x 1 x H x W). Agreement 0 if there are too
// few.
Tone refined_tone(const Tone& tone, const torch::Tensor& pictures, const torch::Tensor& coverage);

// How much of every pixel the mark covers, 1 x 1 x H x W in 0..1, 0 outside `hint`: what leaves the pictures without it
// with the least total variation and a short rim. First a convex problem, which needs no start, by a primal-dual
// iteration (Pock and Chambolle, ICCV 2011), then ever more strictly all or nothing.
torch::Tensor find_coverage(const Tone& tone, const torch::Tensor& pictures, const torch::Tensor& hint);

// The opacity of the mark where it covers so much. Coverage counts what is added to the picture to clean it, which is
// not linear in the opacity.
torch::Tensor opacity_of(const Tone& tone, const torch::Tensor& coverage);

// (picture - opacity * color) / (1 - opacity): not clamped.
torch::Tensor without_mark(const torch::Tensor& pictures, const Tone& tone, const torch::Tensor& opacity);

}  // namespace pentimento
