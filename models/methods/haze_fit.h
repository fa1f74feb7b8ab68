// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>

#include "methods/method.h"

namespace pentimento {

// A hazy picture of some frames, N x 3 x H x W, and what is known of it: N x 1 x H x W and 1 x 3 x 1 x 1.
struct Haze {
  torch::Tensor picture, transmission, airlight;
};

struct HazeFitOptions {
  int64_t iterations = 100;
  int64_t pixels = 320 * 240;  // of the version that is fitted
  int64_t width = 16;          // of the networks
  uint64_t seed = 0;
  torch::Device device = torch::kCPU;
};

// Double-DIP's dehazing (Gandelsman et al. 2019, section 5) from a good start: a network for the scene J first learns
// the one that `haze` stands for, then a second one corrects the transmission, and both explain the picture,
// t J + (1 - t) A = I, with a smooth t. All frames share the networks, and each is visited in turn. Returns the
// transmission, of the size of `haze`'s; `show` gets it while the fit runs if there is one frame.
torch::Tensor fit_haze(const Haze& haze, const HazeFitOptions& options, Monitor& monitor,
                       const std::function<torch::Tensor(const torch::Tensor& transmission)>& show);

}  // namespace pentimento
