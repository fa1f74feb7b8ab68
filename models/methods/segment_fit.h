// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>

#include "imaging/foreground_cut.h"
#include "methods/method.h"

namespace pentimento {

// What Double-DIP's coupled priors make of a sequence: a prior each for what is in front and what is behind, which
// explain the hints' pixels, and one for the mask that mixes them. All N x C x H x W in 0..1.
struct CoupledEstimate {
  torch::Tensor front, back, mask;
};

// Double-DIP's segmentation (Gandelsman et al. 2019, section 3) in the small: the hints are what labels found before
// are sure of, the networks are the published code's, and both its steps are one fit.
class CoupledFit {
 public:
  // `frames` N x C x H x W in 0..1.
  CoupledFit(Monitor& monitor, const FitSettings& settings, const torch::Tensor& frames, int64_t iterations);

  // To be announced to the monitor before.
  int64_t pixels() const;
  CoupledEstimate operator()(const Hints& hints, const std::function<torch::Tensor(const CoupledEstimate&)>& show);

 private:
  Monitor& monitor_;
  const FitSettings& settings_;
  torch::Tensor frames_;  // with sides that the networks can halve
  int64_t height_, width_, iterations_;
};

}  // namespace pentimento
