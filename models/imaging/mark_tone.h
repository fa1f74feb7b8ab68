// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

namespace pentimento {

// A mark of one colour laid over pictures: marked = opacity * color + (1 - opacity) * clean.
struct Tone {
  double opacity = 0;
  torch::Tensor color;  // C, 0..1
};

// Tones of a mark that `pictures` (n x C x H x W in 0..1) may have in the same place, the likeliest first; none if
// there is no sign of one. Close neighbours on both sides of the mark's rim are nearly the same without it, so their
// samples lie on one line, marked = slope * unmarked + offset, the same everywhere in `hint` (1 x 1 x H x W of 0 and 1)
// and rare outside: the lines that most pairs agree on (random sample consensus, Fischler and Bolles 1981).
std::vector<Tone> find_tones(const torch::Tensor& pictures, const torch::Tensor& hint, uint64_t seed);

// (picture - opacity * color) / (1 - opacity): not clamped.
torch::Tensor without_mark(const torch::Tensor& pictures, const Tone& tone, const torch::Tensor& opacity);

}  // namespace pentimento
