// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/noise.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "imaging/dct_blocks.h"

namespace pentimento {

using torch::Tensor;
using torch::indexing::Slice;

namespace {

constexpr int64_t kBlocks = 1 << 16;    // looked at, about
constexpr int64_t kFewClipped = 20;     // of a block's 64 samples: they hardly matter
constexpr int64_t kFewBlocks = 64;      // too few to choose among
constexpr int64_t kSmoothest = 10;      // one block of so many counts
constexpr int64_t kLow = 4, kHigh = 8;  // sums of both frequencies: below is the picture's, from here on mostly noise's
constexpr double kMedianOfSquare = 0.4549364;  // of a standard normal number

// From the whole picture: the median absolute deviation of the finest diagonal wavelet band (Donoho and Johnstone
// 1994). Texture counts as noise.
Tensor from_diagonal(const Tensor& planes) {
  const int64_t h = planes.size(2) / 2 * 2, w = planes.size(3) / 2 * 2;
  const auto part = [&](int64_t top, int64_t left) { return planes.slice(2, top, h, 2).slice(3, left, w, 2); };
  const Tensor diagonal = (part(0, 0) - part(0, 1) - part(1, 0) + part(1, 1)) / 2;
  return std::get<0>(diagonal.abs().flatten(2).squeeze(0).median(1)) / std::sqrt(kMedianOfSquare);
}

// Sums of both frequencies of the coefficients: 64.
Tensor frequencies() {
  const Tensor k = torch::arange(kDctBlock);
  return (k.view({-1, 1}) + k.view({1, -1})).flatten();
}

}  // namespace

Tensor clipped_samples(const Tensor& picture) {
  return ((picture <= 0) | (picture >= 1)).any(/*dim=*/1, /*keepdim=*/true);
}

Tensor estimate_noise(const Tensor& planes, const Tensor& clipped) {
  const int64_t h = planes.size(2), w = planes.size(3);
  if (std::min(h, w) < kDctBlock) return from_diagonal(planes);
  const auto step = std::max<int64_t>(4, std::llround(std::sqrt(static_cast<double>(h * w) / kBlocks)));
  const auto blocks_of = [&](const Tensor& plane) {
    return plane.unfold(0, kDctBlock, step).unfold(1, kDctBlock, step).flatten(0, 1);
  };
  const Tensor m = dct_matrix(kDctBlock), sums = frequencies();
  Tensor whole;
  if (clipped.defined()) whole = blocks_of(clipped[0][0]).flatten(1).sum(1) <= kFewClipped;
  std::vector<Tensor> sigma;
  for (const Tensor& plane : planes[0].unbind(0)) {
    const Tensor coefficients = torch::matmul(torch::matmul(m, blocks_of(plane)), m.t()).flatten(1);
    const Tensor low = coefficients.index({Slice(), (sums > 0) & (sums < kLow)}).square().sum(1);
    // Where there is nothing at all (a border of a scan) there is no noise to be told either.
    const Tensor something = low > 1e-9;
    Tensor usable = (whole.defined() ? something & whole : something).nonzero().squeeze(1);
    // Too many are clipped: noise that is too small is better told than none.
    if (usable.size(0) < kFewBlocks) usable = something.nonzero().squeeze(1);
    if (usable.size(0) < kFewBlocks) {
      sigma.push_back(from_diagonal(plane.view({1, 1, h, w})));
      continue;
    }
    const auto n = std::max<int64_t>(kFewBlocks, usable.size(0) / kSmoothest);
    const Tensor chosen = std::get<1>(low.index_select(0, usable).topk(n, 0, /*largest=*/false, /*sorted=*/false));
    const Tensor high = coefficients.index_select(0, usable.index_select(0, chosen)).index({Slice(), sums >= kHigh});
    sigma.push_back((high.square().median() / kMedianOfSquare).sqrt().view({1}));
  }
  return torch::cat(sigma);
}

}  // namespace pentimento
