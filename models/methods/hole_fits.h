// SPDX-License-Identifier: GPL-3.0-or-later
// The two ways to fill the holes of a part of a picture.
#pragma once

#include <torch/torch.h>

#include <functional>

#include "fit/loop.h"
#include "methods/method.h"
#include "nets/hourglass.h"

namespace pentimento {

// A part of a picture: `picture` 1 x C x H x W in 0..1, `known` 1 x 1 x H x W of 0 and 1.
struct Holes {
  torch::Tensor picture, known;
  bool scattered = false;  // single samples are missing all over it
};

// For holes that are narrow, however many: a sparse DCT fill, corrected by a hourglass that has learnt from this very
// picture how such fills err. Known samples are hidden as the holes hide theirs, filled likewise, and compared; so the
// fit cannot copy what it is asked for. The same object fills one part after another and learns on.
class NarrowHoles {
 public:
  NarrowHoles(Monitor& monitor, const FitSettings& settings);
  // To be announced to the monitor before the first part.
  int64_t iterations(bool first) const;
  torch::Tensor operator()(const Holes& holes, const Show& show);

 private:
  struct Fills;
  Fills fill(const torch::Tensor& picture, const torch::Tensor& known) const;
  torch::Tensor hidden(const Holes& holes, int64_t fold) const;

  Monitor& monitor_;
  const FitSettings& settings_;
  std::shared_ptr<Hourglass> network_;
};

// For wide holes: the paper's prior, fitted to the known samples of a small version, tells what the hole looks like
// from afar; patches of the known part give it texture.
class WideHoles {
 public:
  WideHoles(Monitor& monitor, const FitSettings& settings) : monitor_(monitor), settings_(settings) {}
  int64_t iterations() const;
  // Of the version of a part with `pixels` pixels that is fitted.
  int64_t fitted_pixels(int64_t pixels) const;
  torch::Tensor operator()(const Holes& holes, const Show& show);

 private:
  Monitor& monitor_;
  const FitSettings& settings_;
};

}  // namespace pentimento
