// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// How far every pixel of a sequence is from the seeds along the cheapest way, on which a step costs the change of
// colour and `step` for its length, in shares of the picture's larger side (Criminisi, Sharp, Blake, "GeoS", ECCV
// 2008). `frames` N x C x H x W, `seeds` N x 1 x H x W of 0 and 1 -> N x 1 x H x W; a large number where no way leads.
// Sweeps over the picture find it but for ways that wind more than `sweeps` times.
torch::Tensor geodesic_distance(const torch::Tensor& frames, const torch::Tensor& seeds, double step, int64_t sweeps);

}  // namespace pentimento
