// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/mark_peel.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "imaging/mark_cut.h"
#include "imaging/masks.h"
#include "imaging/sparse_fill.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kMostTones = 3;
constexpr double kStrict = 2, kMild = 1.2;  // what a step's rest counts, of a step that vanishes
constexpr size_t kRefined = 6;              // of the candidates
constexpr int64_t kAlternations = 4;        // between tone and coverage
constexpr int64_t kLastAlternations = 2;
constexpr double kBorneOut = 0.33;         // of the steps across the rim that must vanish: without a mark 0.32 at most
constexpr double kFurtherBorneOut = 0.42;  // the same of a further tone
constexpr double kBorneOutTogether = 0.2, kFurtherTogether = 0.3;  // in several pictures at once
constexpr double kLeastFurther = 0.3;                              // of the first tone's gain
constexpr double kBare = 0.05;
constexpr double kNoOpacity = 2.5 / 255;  // what changes less is not touched
constexpr double kOpaque = 0.88;          // nothing can be read through more
constexpr double kRidge = 0.003;          // of the rim's opacity towards the one found at first
constexpr double kNoise = 2.0 / 255;
constexpr int64_t kBlock = 8, kPasses = 15;
constexpr double kLeastPixels = 60;

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

// White, greys, black and pure colours at all opacities, and what pairs of pixels suggest.
std::vector<Tone> candidates(const Tensor& pictures, const Tensor& hint, uint64_t seed) {
  std::vector<Tone> tones = find_tones(pictures, hint, seed);
  const int64_t channels = pictures.size(1);
  std::vector<Tensor> colors;
  for (const double grey : {1.0, 0.0, 0.5, 0.75, 0.25}) colors.push_back(torch::full({channels}, grey));
  for (int mix = 1; channels == 3 && mix < 7; ++mix)
    colors.push_back(torch::tensor({mix & 1 ? 0.9f : 0.1f, mix & 2 ? 0.9f : 0.1f, mix & 4 ? 0.9f : 0.1f}));
  for (const Tensor& color : colors)
    for (const double opacity : {0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8}) tones.push_back({opacity, color});
  return tones;
}

struct Layer {
  Tone tone;
  MarkCut cut;
};

bool gains_more(const Layer& a, const Layer& b) { return a.cut.gain > b.cut.gain; }

// The mark that takes most steps out of the pictures. The strict cut tells true tones from those that only trace the
// pictures' own edges, the other one where the mark ends.
Layer find_layer(const Tensor& pictures, const Tensor& hint, uint64_t seed, const std::function<void()>& alive) {
  std::vector<Layer> found;
  for (const Tone& tone : candidates(pictures, hint, seed)) {
    alive();
    found.push_back({tone, cut_mark(tone, pictures, hint, kStrict)});
  }
  std::sort(found.begin(), found.end(), gains_more);
  if (found.size() > kRefined) found.resize(kRefined);
  for (Layer& layer : found)
    for (int64_t i = 0; i < kAlternations; ++i) {
      alive();
      const Tone tone = refitted_tone(layer.tone, pictures, layer.cut.coverage);
      const MarkCut cut = cut_mark(tone, pictures, hint, kStrict);
      if (cut.gain <= layer.cut.gain) break;
      layer = {tone, cut};
    }
  std::sort(found.begin(), found.end(), gains_more);
  Layer best = {found.front().tone, cut_mark(found.front().tone, pictures, hint, kMild)};
  for (int64_t i = 0; i < kLastAlternations; ++i) {
    best.tone = refitted_tone(best.tone, pictures, best.cut.coverage);
    best.cut = cut_mark(best.tone, pictures, hint, kMild);
  }
  return best;
}

struct Peeled {
  Tensor clean, opacity;
};

Peeled peel(const Tensor& pictures, const Tone& tone, const Tensor& coverage, const std::function<void()>& alive) {
  const Tensor first = tone.opacity * coverage, rim = rim_of(coverage);
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
  double first_gain = 0;
  for (int64_t k = 0; k < kMostTones; ++k) {
    const Layer layer = find_layer(result.clean, hint, seed, alive);
    // Pictures' own edges may look like a mark's, hardly those of several at once, and like a second tone sooner.
    const bool several = pictures.size(0) > 1;
    const double enough =
        k == 0 ? (several ? kBorneOutTogether : kBorneOut) : (several ? kFurtherTogether : kFurtherBorneOut);
    if (layer.cut.agreement < enough || layer.cut.gain < kLeastFurther * first_gain ||
        layer.cut.coverage.sum().item<double>() < kLeastPixels)
      break;
    first_gain = std::max(first_gain, layer.cut.gain);
    const Peeled peeled = peel(result.clean, layer.tone, layer.cut.coverage, alive);
    result.clean = peeled.clean;
    // What lies below is seen through what lies above it.
    result.paint = result.paint + bare * peeled.opacity * layer.tone.color.view({1, -1, 1, 1});
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
