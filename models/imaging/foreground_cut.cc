// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/foreground_cut.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

#include "imaging/color_mixture.h"
#include "imaging/dct_shrinkage.h"
#include "imaging/geodesic.h"
#include "imaging/graph_cut.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kComponents = 5;  // of either side's colours
constexpr double kMost = 5;         // what a pixel's own colour can say, as a logarithm
constexpr double kNear = 3;         // what its nearness to the hints can
constexpr double kLike = 12;        // what it costs to tell like neighbours apart
constexpr double kLeast = 0.05;     // and unlike ones, in shares of that
constexpr double kStep = 1;         // of geodesic ways: crossing the picture costs as much as black to grey
constexpr int64_t kSweeps = 2;
constexpr int64_t kTextureRadius = 4;
constexpr double kHinted = 2;     // how much the hints' pixels count, in shares of all that have their label
constexpr double kCertain = 900;  // what going against a stroke costs

// The difference of every pixel's colour to its neighbours', squared and summed, in the order of graph_cut().
Tensor steps(const Tensor& frames) {
  const int64_t n = frames.size(0), h = frames.size(2), w = frames.size(3);
  Tensor squares = torch::zeros({n, kTies, h, w});
  const auto put = [&](int64_t tie, int64_t f, int64_t y, int64_t x) {
    const auto cut = [&](const Tensor& t, bool here) {
      const int64_t left = here ? std::max<int64_t>(0, -x) : std::max<int64_t>(0, x);
      return t.slice(0, here ? 0 : f, here ? n - f : n)
          .slice(2, here ? 0 : y, here ? h - y : h)
          .slice(3, left, left + w - std::abs(x));
    };
    cut(squares.slice(1, tie, tie + 1), true).copy_((cut(frames, true) - cut(frames, false)).square().sum(1, true));
  };
  put(0, 0, 0, 1);
  put(1, 0, 1, 0);
  put(2, 0, 1, 1);
  put(3, 0, 1, -1);
  if (n > 1) put(4, 1, 0, 0);
  return squares;
}

Tensor ties_of(const Tensor& frames) {
  const Tensor squares = steps(frames);
  const double mean = squares.slice(1, 0, 4).mean().item<double>() + 1e-8;
  const Tensor length = torch::tensor({1.0f, 1.0f, 1.414f, 1.414f, 1.0f}).view({1, kTies, 1, 1});
  return kLike * (kLeast + (1 - kLeast) * torch::exp(-squares / (2 * mean))) / length;
}

// What tells pixels apart: colour, the colour around, and how much that varies.
Tensor features(const Tensor& planes) {
  constexpr int64_t r = kTextureRadius;
  const auto around = [&](const Tensor& t) {
    return torch::avg_pool2d(torch::replication_pad2d(t, {r, r, r, r}), 2 * r + 1, 1);
  };
  const Tensor mean = around(planes);
  const Tensor variance = (around(planes.square()) - mean.square()).clamp_min(0).sum(1, true);
  return torch::cat({planes, mean, variance.sqrt()}, 1);
}

// What labels found, and the hints' own, which are surer, so often that they count for more.
Tensor with_hints(const Tensor& labelled, const Tensor& hinted) {
  const double often = kHinted * static_cast<double>(labelled.size(0)) / static_cast<double>(hinted.size(0));
  return torch::cat({labelled, hinted.repeat({std::max<int64_t>(1, std::llround(often)), 1})});
}

Tensor rows_of(const Tensor& frames) { return frames.permute({0, 2, 3, 1}).reshape({-1, frames.size(1)}).contiguous(); }

}  // namespace

ForegroundCut::ForegroundCut(const Tensor& frames, Hints hints) : hints_(std::move(hints)) {
  const Tensor planes = decorrelate(frames);
  features_ = rows_of(features(planes));
  ties_ = ties_of(planes);
  const Tensor front = geodesic_distance(planes, hints_.foreground, kStep, kSweeps);
  const Tensor back = geodesic_distance(planes, hints_.background, kStep, kSweeps);
  nearer_ = (back - front) / (back + front).clamp_min(1e-6);
}

Tensor ForegroundCut::likelier(const Tensor& labels) const {
  const auto seen_where = [&](const Tensor& where) { return features_.index({where.reshape({-1}) > 0.5}); };
  Tensor front = seen_where(hints_.foreground), back = seen_where(hints_.background);
  if (labels.defined()) {
    front = with_hints(seen_where(labels), front);
    back = with_hints(seen_where(1 - labels), back);
  }
  const Tensor ratio = ColorMixture(front, kComponents).log_likelihood(features_) -
                       ColorMixture(back, kComponents).log_likelihood(features_);
  return ratio.view_as(nearer_);
}

Tensor ForegroundCut::operator()(const Tensor& labels, const Tensor& evidence) const {
  Tensor cost = -likelier(labels).clamp(-kMost, kMost) - kNear * nearer_;
  if (evidence.defined()) cost = cost - evidence;
  if (hints_.certain) cost = cost + kCertain * (hints_.background - hints_.foreground);
  return graph_cut(cost, ties_);
}

Tensor connected_to(const Tensor& hints, const Tensor& labels) {
  const int64_t n = labels.size(0), h = labels.size(2), w = labels.size(3);
  const Tensor wanted = labels.contiguous(), seeds = (hints * labels).contiguous();
  Tensor reached = torch::zeros({n, 1, h, w});
  float* to = reached.data_ptr<float>();
  const float *own = wanted.const_data_ptr<float>(), *seed = seeds.const_data_ptr<float>();
  std::vector<int64_t> queue;
  const auto visit = [&](int64_t i) {
    if (own[i] > 0.5f && to[i] == 0) to[i] = 1, queue.push_back(i);
  };
  for (int64_t i = 0; i < n * h * w; ++i)
    if (seed[i] > 0.5f) visit(i);
  while (!queue.empty()) {
    const int64_t i = queue.back(), x = i % w, y = i / w % h;
    queue.pop_back();
    if (x > 0) visit(i - 1);
    if (x + 1 < w) visit(i + 1);
    if (y > 0) visit(i - w);
    if (y + 1 < h) visit(i + w);
    if (i >= h * w) visit(i - h * w);
    if (i + h * w < n * h * w) visit(i + h * w);
  }
  return reached;
}

}  // namespace pentimento
