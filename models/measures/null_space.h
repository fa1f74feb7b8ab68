// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

namespace pentimento {

// How a small picture is supposed to come from a large one: a linear operator A.
enum class Shrinking {
  kLanczos,  // as super-resolution models it: lanczos_downsample() with two lobes
  kMean,     // of factor x factor pixels, the lowest band of a Haar transform
};

// What of a result the operator A that degraded it cannot see, and so cannot vouch for: the null space of A.
struct NullSpace {
  std::vector<double> bands;  // ||B_b (I - A^+ A) Y||^2 / ||B_b Y||^2 for each of kMeasuredBands; 0 of an empty band
  double all = 0;             // the same over the mean energies of all bands
  double inconsistency = 0;   // RMS of A Y - X in 8-bit levels
};

// result: 1 x C x H x W; original: 1 x C x ceil(H/factor) x ceil(W/factor). Bands are those of the luminance.
NullSpace null_space(const torch::Tensor& result, const torch::Tensor& original, Shrinking shrinking, int64_t factor);

// Of a filled hole, H x W, bool: A drops the pixels in it. Here bands are cut after they are made, so that the hole's
// edge is in none of them; what is outside is the original's own.
NullSpace null_space_of_hole(const torch::Tensor& result, const torch::Tensor& hole);

}  // namespace pentimento
