// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/mark_cut.h"

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "imaging/graph_cut.h"
#include "imaging/masks.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kStride = 2;        // between the pixels that are compared
constexpr double kScale = 40;         // of costs, which the cut rounds to thousandths and bounds
constexpr double kRim = 1.0 / 255;    // what a step across the rim costs, per channel and picture
constexpr double kTogether = 0.5;     // of that, between pixels that are not compared but touch
constexpr double kBeyond = 4;         // what a sample outside 0..1 costs, times its distance
constexpr double kSlack = 3.0 / 255;  // of it, for rounding
constexpr double kNever = 900;
constexpr int64_t kAcross = 4;  // from one side of a rim to the other
constexpr int64_t kLeastPairs = 40;
constexpr double kLeastOpacity = 0.1, kMostOpacity = 0.855;  // what is more opaque is no different from an object
constexpr double kPlain = 1.03;    // how much worse a mark without a colour may explain the rim
constexpr double kMostMiss = 0.2;  // that counts

// Every kStride-th pixel as a picture of its own, n x C x H x W -> kStride^2 x (n C) x H / kStride x W / kStride.
Tensor lattices(const Tensor& t) {
  const Tensor planes = t.reshape({1, -1, t.size(2), t.size(3)});
  const int64_t h = planes.size(2) / kStride, w = planes.size(3) / kStride;
  return planes.view({-1, h, kStride, w, kStride}).permute({2, 4, 0, 1, 3}).reshape({kStride * kStride, -1, h, w});
}

Tensor from_lattices(const Tensor& t) {
  const int64_t h = t.size(2), w = t.size(3);
  return t.view({kStride, kStride, h, w}).permute({2, 0, 3, 1}).reshape({1, 1, kStride * h, kStride * w});
}

// What a pixel and the next one along `axis` differ by, where both or neither is marked, the second alone, the first.
struct Steps {
  int64_t axis;
  Tensor same, enters, leaves;
};

Steps steps(const Tensor& with, const Tensor& without, int64_t axis, double strictness) {
  const int64_t n = with.size(axis) - 1;
  const auto near = [&](const Tensor& t) { return t.slice(axis, 0, n); };
  const auto far = [&](const Tensor& t) { return t.slice(axis, 1, n + 1); };
  const auto size = [](const Tensor& t) { return t.abs().sum(1, true); };
  return {axis, size(near(with) - far(with)), strictness * size(near(with) - far(without)),
          strictness * size(near(without) - far(with))};
}

}  // namespace

MarkCut cut_mark(const Tone& tone, const Tensor& pictures, const Tensor& hint, double strictness) {
  const int64_t height = hint.size(2), width = hint.size(3);
  const int64_t down = (kStride - height % kStride) % kStride, right = (kStride - width % kStride) % kStride;
  const auto prepared = [&](const Tensor& t) { return lattices(torch::replication_pad2d(t, {0, right, 0, down})); };
  const Tensor clean = without_mark(pictures, tone, torch::full({1, 1, 1, 1}, tone.opacity));
  const Tensor with = prepared(pictures), without = prepared(clean.clamp(0, 1));
  const double rim = strictness * kRim * static_cast<double>(pictures.size(0) * pictures.size(1));

  const Tensor beyond = ((clean - clean.clamp(0, 1)).abs() - kSlack).clamp_min(0).sum(torch::IntArrayRef{0, 1}, true);
  Tensor cost = kBeyond * kScale * prepared(beyond) + kNever * (1 - prepared(hint));
  Tensor ties = torch::zeros({with.size(0), kTies, with.size(2), with.size(3)});
  std::vector<Steps> all;
  for (const auto& [axis, tie] : {std::pair<int64_t, int64_t>{3, 0}, {2, 1}}) {
    const int64_t n = with.size(axis) - 1;
    if (n < 1) continue;
    const Steps& s = all.emplace_back(steps(with, without, axis, strictness));
    // A for equal labels, B where the second is set alone, C where the first is: with ties that count alike both ways,
    // (B + C) / 2 - A for unequal labels, and (C - B) / 2 for the first label less the second.
    ties.slice(1, tie, tie + 1).slice(axis, 0, n).copy_(kScale * ((s.enters + s.leaves) / 2 - s.same + rim));
    const Tensor turn = kScale * (s.leaves - s.enters) / 2;
    cost.slice(axis, 0, n).add_(turn);
    cost.slice(axis, 1, n + 1).sub_(turn);
  }
  // One lattice's pixels lie beside the next one's.
  ties.slice(1, kTies - 1, kTies).fill_(kScale * kTogether * rim);
  const Tensor labels = graph_cut(cost.clamp(-kNever, kNever), ties.clamp(0, kNever));

  double before = 0, left = 0;
  for (const Steps& s : all) {
    const int64_t n = with.size(s.axis);
    const Tensor first = labels.slice(s.axis, 0, n - 1), second = labels.slice(s.axis, 1, n);
    const Tensor enters = (1 - first) * second, leaves = first * (1 - second);
    before += (s.same * (enters + leaves)).sum().item<double>();
    left += (s.enters * enters + s.leaves * leaves + rim * (enters + leaves)).sum().item<double>();
  }
  const Tensor coverage = from_lattices(labels).slice(2, 0, height).slice(3, 0, width).contiguous();
  return {coverage, before - left, before > 0 ? 1 - left / before : 0};
}

Tone refitted_tone(const Tone& tone, const Tensor& pictures, const Tensor& coverage) {
  // Pairs of a pixel well outside and one well inside, as planes x pairs.
  const Tensor inside = -grown(-coverage, 1), outside = 1 - grown(coverage, 1);
  const Tensor planes = pictures.reshape({-1, pictures.size(2), pictures.size(3)});
  std::vector<Tensor> bare, marked;
  for (const int64_t axis : {2, 1}) {
    const int64_t n = planes.size(axis) - kAcross;
    if (n < 1) continue;
    const auto near = [&](const Tensor& t) { return t.slice(axis, 0, n); };
    const auto far = [&](const Tensor& t) { return t.slice(axis, kAcross, n + kAcross); };
    const auto take = [](const Tensor& t, const Tensor& where) { return t.flatten(1).index_select(1, where); };
    const auto both = [](const Tensor& a, const Tensor& b) {
      return torch::nonzero((a * b > 0.5).flatten()).flatten();
    };
    const Tensor enters = both(near(outside[0]), far(inside[0])), leaves = both(near(inside[0]), far(outside[0]));
    bare.push_back(take(near(planes), enters)), marked.push_back(take(far(planes), enters));
    bare.push_back(take(far(planes), leaves)), marked.push_back(take(near(planes), leaves));
  }
  if (bare.empty()) return tone;
  const auto by_channel = [&](const std::vector<Tensor>& parts) {
    const Tensor all = torch::cat(parts, 1);
    return all.view({pictures.size(0), pictures.size(1), -1}).transpose(0, 1).reshape({pictures.size(1), -1});
  };
  const Tensor clean = by_channel(bare), with = by_channel(marked);
  if (clean.size(1) < kLeastPairs) return tone;
  struct Fit {
    Tone tone;
    double miss = std::numeric_limits<double>::infinity();
  };
  // The best opacity with the colour that `of` makes of what each one leaves, planes x pairs.
  const auto best = [&](const auto& of) {
    Fit fit;
    for (double opacity = kLeastOpacity; opacity < kMostOpacity; opacity += 0.01) {
      const Tensor rest = with - (1 - opacity) * clean, color = of(std::get<0>(rest.median(1)) / opacity).clamp(0, 1);
      // Both sides are disturbed: distances across the line, not along one side.
      const double miss =
          (rest - opacity * color.unsqueeze(1)).abs().clamp_max(kMostMiss).mean().template item<double>() /
          std::sqrt(1 + (1 - opacity) * (1 - opacity));
      if (miss < fit.miss) fit = {{opacity, color}, miss};
    }
    return fit;
  };
  const Fit free = best([](const Tensor& color) { return color; });
  // Most marks are white, grey or black, and opacity and colour make up for each other.
  for (const Fit& plain : {best([](const Tensor& color) { return torch::ones_like(color); }),
                           best([](const Tensor& color) { return torch::zeros_like(color); }),
                           best([](const Tensor& color) { return color.mean().expand_as(color); })})
    if (plain.miss < kPlain * free.miss) return plain.tone;
  return free.tone;
}

}  // namespace pentimento
