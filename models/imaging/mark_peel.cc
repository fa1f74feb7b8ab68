// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/mark_peel.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "imaging/mark_tone.h"
#include "imaging/masks.h"
#include "imaging/sparse_fill.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kMostTones = 3;
constexpr int64_t kAlternations = 4;  // between tone and coverage
constexpr double kSameTone = 0.01;
constexpr double kCovered = 0.95, kBare = 0.05;
constexpr double kNoOpacity = 2.5 / 255;  // what changes less is not touched
constexpr double kOpaque = 0.88;          // nothing can be read through more
constexpr double kOutline = 4.0 / 255;    // beside the mark, of what cannot be the picture's own
constexpr double kRidge = 0.003;          // of the rim's opacity towards the one found at first
constexpr double kNoise = 2.0 / 255;
constexpr int64_t kBlock = 8, kPasses = 15;
constexpr double kGrey = 0.08;  // least and most of a grey colour's channels differ by
constexpr double kLeastPixels = 60;
constexpr double kHopeless = 0.05;                            // agreement across a rim
constexpr double kBorneOut = 0.25, kBorneOutTogether = 0.18;  // the same in one picture, and in several at once

Tensor truth(const Tensor& condition) { return condition.to(torch::kFloat); }

Tensor fill(const Tensor& pictures, const Tensor& known, const std::function<void()>& alive) {
  std::vector<Tensor> filled;
  for (const Tensor& picture : pictures.split(1))
    filled.push_back(sparse_fill(picture, known, kBlock, kNoise, kPasses, alive));
  return torch::cat(filled);
}

// Pixels on a rim of the mark, and beside one.
Tensor rim_of(const Tensor& coverage) {
  const Tensor least = -grown(-coverage, 1), most = grown(coverage, 1);
  return truth((most - least > kBare) & (most > kBare));
}

bool is_neutral(const Tone& tone) { return (tone.color.max() - tone.color.min()).item<double>() < kGrey; }

struct Layer {
  Tone tone;
  Tensor coverage;
};

// The likeliest tone whose rim bears it out; colours, which the picture's own objects may imitate, only if no grey
// does.
std::optional<Layer> find_layer(const Tensor& pictures, const Tensor& hint, uint64_t seed,
                                const std::function<void()>& alive) {
  std::vector<Tone> tones = find_tones(pictures, hint, seed);
  std::stable_partition(tones.begin(), tones.end(), is_neutral);
  for (Tone tone : tones) {
    Tensor coverage = find_coverage(tone, pictures, hint);
    for (int64_t i = 0; i < kAlternations; ++i) {
      alive();
      const Tone before = tone;
      tone = refined_tone(before, pictures, coverage);
      if (tone.agreement < kHopeless) break;
      coverage = find_coverage(tone, pictures, hint);
      const double moved = (tone.color - before.color).abs().max().item<double>();
      if (std::abs(tone.opacity - before.opacity) + moved < kSameTone) break;
    }
    const double covered = truth(coverage > kCovered).sum().item<double>();
    const double enough = pictures.size(0) > 1 ? kBorneOutTogether : kBorneOut;
    if (tone.agreement > enough && covered >= kLeastPixels) return Layer{tone, coverage};
  }
  return {};
}

struct Peeled {
  Tensor clean, opacity;
};

Peeled peel(const Tensor& pictures, const Tone& tone, const Tensor& coverage, const std::function<void()>& alive) {
  const Tensor first = opacity_of(tone, coverage), rim = rim_of(coverage);
  const Tensor through = without_mark(pictures, tone, first).clamp(0, 1);
  const Tensor filled = fill(through, 1 - rim, alive);
  const Tensor above = tone.color.view({1, -1, 1, 1}) - filled;
  const auto sum = [](const Tensor& t) { return t.mean(torch::IntArrayRef{0, 1}, true); };
  const Tensor nearest =
      ((sum((pictures - filled) * above) + kRidge * first) / (sum(above.square()) + kRidge)).clamp(0, tone.opacity);
  const Tensor opacity = torch::where(rim > 0.5, nearest, first);
  return {without_mark(pictures, tone, opacity).clamp(0, 1), opacity};
}

}  // namespace

Unmarked peel_mark(const Tensor& pictures, const Tensor& hint, uint64_t seed, const std::function<void()>& alive) {
  Unmarked result = {pictures, torch::zeros_like(hint), torch::zeros_like(hint),
                     torch::zeros({1, pictures.size(1), hint.size(2), hint.size(3)})};
  Tensor bare = torch::ones_like(hint);
  for (int64_t k = 0; k < kMostTones; ++k) {
    const std::optional<Layer> layer = find_layer(result.clean, hint, seed, alive);
    // One colour may be a mark, but not several.
    if (!layer || (k > 0 && !is_neutral(layer->tone))) break;
    const Peeled peeled = peel(result.clean, layer->tone, layer->coverage, alive);
    result.clean = peeled.clean;
    // What lies below is seen through what lies above it.
    result.paint = result.paint + bare * peeled.opacity * layer->tone.color.view({1, -1, 1, 1});
    bare = bare * (1 - peeled.opacity);
  }
  result.paint = result.paint / (1 - bare).clamp_min(1e-6);
  result.opacity = torch::where(1 - bare < kNoOpacity, 0, 1 - bare);
  result.hidden = truth(result.opacity > kOpaque);
  if (result.hidden.max().item<float>() > 0) result.clean = fill(result.clean, 1 - result.hidden, alive);
  result.clean = torch::where(result.opacity > 0, result.clean, pictures);
  return result;
}

Tensor common_edges(const Tensor& pictures) {
  constexpr double kDense = 0.35;            // of the densest edges
  constexpr double kLeastDense = 0.6 / 255;  // there is a mark at all
  constexpr int64_t kAround = 6;
  const int64_t n = pictures.size(0), h = pictures.size(2), w = pictures.size(3);
  // The picture of every four that has the least edge may hide it: the mark's colour is its own there.
  const int64_t rank = 1 + n / 4;
  Tensor edges = torch::zeros({1, 1, h, w});
  for (const int64_t axis : {3, 2}) {
    const Tensor difference = torch::diff(pictures, 1, axis).abs().amax(1);
    const Tensor common = std::get<0>(difference.kthvalue(std::min(rank, n), 0))
                              .view({1, 1, axis == 2 ? h - 1 : h, axis == 3 ? w - 1 : w});
    const Tensor near = edges.slice(axis, 0, pictures.size(axis) - 1);
    near.copy_(torch::maximum(near, common));
  }
  const int64_t side = 2 * kAround + 1;
  const Tensor dense = torch::avg_pool2d(edges, side, 1, kAround);
  const double most = dense.max().item<double>();
  return grown(truth(dense > std::max(kDense * most, kLeastDense)), kAround);
}

}  // namespace pentimento
