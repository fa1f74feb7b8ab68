// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/jpeg_blockiness.h"

#include <algorithm>
#include <cmath>

#include "imaging/dct_blocks.h"
#include "imaging/jpeg_quantised.h"
#include "imaging/jpeg_shrinkage.h"
#include "imaging/jpeg_tables.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr double kEdge = 24.0 / 255;          // a larger step between neighbours is an edge of the picture
constexpr double kCertain = 6;                // standard deviations
constexpr double kLeast = 0.5 / (255 * 255);  // mean square of a step that is worth removing

struct Lines {
  int64_t first = 0;  // the first pixel right of one
  double excess = 0;  // mean square by which steps over them are larger than the steps beside them
};

// Looks for upright lines, 8 pixels apart, in H x W.
Lines find_lines(const Tensor& luma) {
  const int64_t w = luma.size(1);
  const Tensor step = (luma.slice(1, 1) - luma.slice(1, 0, w - 1)).clamp(-kEdge, kEdge).square();
  const Tensor beside = (step.slice(1, 0, w - 3) + step.slice(1, 2)) / 2;
  const Tensor excess = step.slice(1, 1, w - 2) - beside;  // of the step between pixels x + 1 and x + 2
  Lines best;
  double certainty = 0;
  for (int64_t phase = 0; phase < kDctBlock; ++phase) {
    const Tensor own = excess.slice(1, phase, {}, kDctBlock);
    if (own.numel() < 2) continue;
    const double mean = own.mean().item<double>();
    const double z = mean / (own.std().item<double>() / std::sqrt(static_cast<double>(own.numel())) + 1e-12);
    if (z > certainty) certainty = z, best = {(phase + 2) % kDctBlock, mean};
  }
  return certainty > kCertain && best.excess > kLeast ? best : Lines{};
}

}  // namespace

std::optional<JpegTraces> find_blocks(const Tensor& picture) {
  if (std::min(picture.size(2), picture.size(3)) < 4 * kDctBlock) return {};
  const Tensor luma = to_ycc(picture)[0];
  const Lines upright = find_lines(luma), level = find_lines(luma.t().contiguous());
  if (upright.excess == 0 || level.excess == 0) return {};

  JpegTraces traces;
  traces.left = upright.first;
  traces.top = level.first;
  const auto whole = [](int64_t start, int64_t length) { return start + (length - start) / kDctBlock * kDctBlock; };
  const Tensor blocks = to_blocks(luma.slice(0, traces.top, whole(traces.top, luma.size(0)))
                                      .slice(1, traces.left, whole(traces.left, luma.size(1))));
  // Errors of neighbouring blocks are independent: a step over their border holds that of both.
  const double noise = (upright.excess + level.excess) / 4;
  for (traces.quality = 95; traces.quality > 5; traces.quality -= 5) {
    traces.luma_table = jpeg_table(traces.quality, false);
    if (quantisation_noise({{}, traces.luma_table / 255, blocks}).mean().item<double>() >= noise) break;
  }
  return traces;
}

}  // namespace pentimento
