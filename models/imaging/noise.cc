// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/noise.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "imaging/dct_blocks.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kBlocks = 1 << 16;    // looked at, about
constexpr int64_t kFewBlocks = 64;      // too few to choose among
constexpr double kSmooth = 0.1;         // the part of the blocks that counts
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

Tensor estimate_noise(const Tensor& planes) {
  const int64_t h = planes.size(2), w = planes.size(3);
  const auto step = std::max<int64_t>(4, std::llround(std::sqrt(static_cast<double>(h * w) / kBlocks)));
  if (std::min(h, w) < kDctBlock) return from_diagonal(planes);
  const Tensor m = dct_matrix(kDctBlock), sums = frequencies();
  std::vector<Tensor> sigma;
  for (const Tensor& plane : planes[0].unbind(0)) {
    const Tensor blocks = plane.unfold(0, kDctBlock, step).unfold(1, kDctBlock, step).flatten(0, 1);
    const Tensor coefficients = torch::matmul(torch::matmul(m, blocks), m.t()).flatten(1);
    const Tensor low = coefficients.index({torch::indexing::Slice(), (sums > 0) & (sums < kLow)}).square().sum(1);
    // Where there is nothing at all (a border, a clipped sky) there is no noise to be told either.
    const Tensor usable = (low > 1e-9).nonzero().squeeze(1);
    const int64_t n = usable.size(0);
    if (n < kFewBlocks) {
      sigma.push_back(from_diagonal(plane.view({1, 1, h, w})));
      continue;
    }
    const Tensor smoothest = usable.index_select(
        0, std::get<1>(low.index_select(0, usable).topk(
               std::max<int64_t>(kFewBlocks, static_cast<int64_t>(kSmooth * static_cast<double>(n))), 0,
               /*largest=*/false, /*sorted=*/false)));
    const Tensor high = coefficients.index_select(0, smoothest).index({torch::indexing::Slice(), sums >= kHigh});
    sigma.push_back((high.square().median() / kMedianOfSquare).sqrt().view({1}));
  }
  return torch::cat(sigma);
}

}  // namespace pentimento
