// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/mixtures.h"

#include <torch/fft.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "imaging/joint_estimate.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kMostGradients = 60000, kLeastGradients = 64;
constexpr int64_t kAngles = 360;
constexpr double kGradient = 4.0 / 255;   // smaller ones are noise and rounding
constexpr double kSoft = 1.0 / 255;       // rounding puts gradients on a lattice, whose lines are not the layers'
constexpr double kNothing = 1.3 * kSoft;  // across a line that all gradients lie on
constexpr double kSparse = 0.8;           // exponent of the gradients' distribution
constexpr double kApart = 0.01;           // of two lines, in radians
constexpr double kTail = 0.001;           // of a layer's samples may be cut
constexpr double kSlack = 0.03;           // that far a known weight may drive a layer out of its range
constexpr double kLeastWeight = 26.0 / 255;

// The pairs of differences of the two pictures, 2 x N, in all channels, across and down.
Tensor gradient_pairs(const Tensor& one, const Tensor& other) {
  const auto all = [](const Tensor& t) {
    return torch::cat({torch::diff(t, 1, 3).flatten(), torch::diff(t, 1, 2).flatten()});
  };
  const Tensor pairs = torch::stack({all(one), all(other)});
  const Tensor large = torch::nonzero(pairs.square().sum(0) > kGradient * kGradient).flatten();
  const int64_t step = std::max<int64_t>(1, (large.numel() + kMostGradients - 1) / kMostGradients);
  return pairs.index_select(1, large.slice(0, 0, large.numel(), step));
}

// How little of the gradients is seen across each of these angles: the logarithm of their generalised mean.
Tensor spread(const Tensor& angles, const Tensor& pairs) {
  std::vector<Tensor> values;
  for (const Tensor& part : angles.split(32)) {
    const Tensor across = torch::mm(torch::stack({part.cos(), part.sin()}, 1), pairs);
    values.push_back((across.square() + kSoft * kSoft).pow(kSparse / 2).mean(1).log() / kSparse);
  }
  return torch::cat(values).to(torch::kDouble);
}

// The two angles of the least sum of spreads less log |sin| of what lies between them: the likelihood's maximum.
std::pair<double, double> best_pair(const Tensor& a, const Tensor& b, const Tensor& pairs) {
  const Tensor between = (a.unsqueeze(1) - b.unsqueeze(0)).to(torch::kDouble).sin().abs().clamp_min(1e-9);
  const Tensor cost = spread(a, pairs).unsqueeze(1) + spread(b, pairs).unsqueeze(0) - between.log();
  const int64_t best = cost.argmin().item<int64_t>(), n = b.numel();
  return {a[best / n].item<double>(), b[best % n].item<double>()};
}

double at(const Tensor& samples, double share) {
  const Tensor flat = samples.flatten();
  const auto k = static_cast<int64_t>(share * static_cast<double>(flat.numel() - 1));
  return std::get<0>(flat.kthvalue(k + 1)).item<double>();
}

}  // namespace

std::optional<Shares> unmix(const Tensor& one, const Tensor& other) {
  const Tensor pairs = gradient_pairs(one, other);
  if (pairs.size(1) < kLeastGradients) return {};
  const double pi = std::numbers::pi;
  const Tensor grid = torch::arange(kAngles, torch::kFloat) * (pi / kAngles);
  auto [a, b] = best_pair(grid, grid, pairs);
  for (double step = pi / kAngles; step > 1e-4; step /= 4) {
    const Tensor around = torch::arange(-6, 7, torch::kFloat) * (step / 4);
    std::tie(a, b) = best_pair(a + around, b + around, pairs);
  }
  const Tensor across = spread(torch::tensor({a, b}, torch::kFloat), pairs);
  if (std::abs(std::sin(a - b)) < kApart || across.min().item<double>() < std::log(kNothing)) return {};
  // What cos(a) I_1 + sin(a) I_2 does not see is one layer; the other is all that is in it.
  const Tensor without_one = std::cos(a) * one + std::sin(a) * other;
  const Tensor without_other = std::cos(b) * one + std::sin(b) * other;
  // Together they are the first picture.
  const double sine = std::sin(b - a);
  const Tensor first = without_one * (std::sin(b) / sine), second = without_other * (-std::sin(a) / sine);
  // Of weights that sum to one in both pictures the ratios leave one pair.
  const double ratio = -std::tan(b), other_ratio = -std::tan(a);
  return Shares{first, second, ratio * (1 - other_ratio) / (ratio - other_ratio)};
}

Shares split_by_smoothness(const Tensor& picture) {
  constexpr int64_t kBlur = 2;
  constexpr double kSharper = 1.3, kLeastEdge = 0.01;  // than the gradients of a blurred version; of all
  const int64_t h = picture.size(2), w = picture.size(3);
  // Mirrored to a torus without seams.
  const Tensor right = torch::cat({picture, picture.flip(3)}, 3), whole = torch::cat({right, right.flip(2)}, 2);
  const auto gradient = [](const Tensor& t, int64_t axis) { return torch::roll(t, -1, axis) - t; };
  const auto energy = [&](const Tensor& t) {
    return (gradient(t, 3).square() + gradient(t, 2).square()).mean(1, true);
  };
  // An edge, one of all channels, belongs to the sharp layer as far as blurring would weaken it.
  const Tensor own = smoothed(energy(whole), 1);
  const Tensor blurred = kSharper * kSharper * smoothed(energy(smoothed(whole, kBlur)), 1) + kLeastEdge * kLeastEdge;
  const Tensor share = own.square() / (own.square() + blurred.square()).clamp_min(1e-12);
  Tensor divergence = torch::zeros_like(whole);
  for (const int64_t axis : {3, 2}) {
    const Tensor g = gradient(whole, axis) * share;
    divergence += torch::roll(g, 1, axis) - g;
  }
  const auto frequencies = [](int64_t n) {
    return 2 - 2 * torch::cos(torch::arange(n, torch::kFloat) * (2 * std::numbers::pi / static_cast<double>(n)));
  };
  const Tensor laplacian = frequencies(2 * h).unsqueeze(1) + frequencies(2 * w).slice(0, 0, w + 1);
  const Tensor waves = torch::fft_rfft2(divergence) / laplacian.clamp_min(1e-9);
  waves.select(3, 0).select(2, 0).zero_();
  const Tensor sharp = torch::fft_irfft2(waves, torch::IntArrayRef{2 * h, 2 * w});
  // The smooth layer is a light on top of the other one: somewhere there is hardly any.
  Tensor second = (picture - sharp.slice(2, 0, h).slice(3, 0, w)).contiguous();
  for (int64_t c = 0; c < second.size(1); ++c) second[0][c] -= at(second[0][c], 0.01);
  second = torch::minimum(second.clamp_min(0), picture);
  return {picture - second, second, {}};
}

Layers layers_of(const Shares& shares, const Tensor& picture) {
  // What one layer is darker than black the other one must give.
  const double low = at(shares.first, kTail), other_low = at(shares.second, kTail);
  const double offset = low < 0 && other_low > 0   ? std::min(-low, other_low)
                        : other_low < 0 && low > 0 ? -std::min(-other_low, low)
                                                   : 0;
  const double top = std::max(at(shares.first, 1 - kTail) + offset, 0.0);
  const double other_top = std::max(at(shares.second, 1 - kTail) - offset, 0.0);
  // From `top` on the first layer fits, up to 1 - other_top the second one; between, each takes its part of what is
  // left.
  const double wanted = top + (1 - top - other_top) * top / std::max(top + other_top, 1e-6);
  const double known = shares.weight.value_or(-1);
  const bool holds = std::abs(offset) < kSlack && known > top - kSlack && 1 - known > other_top - kSlack;
  const double weight = std::round(std::clamp(holds ? known : wanted, kLeastWeight, 1 - kLeastWeight) * 255) / 255;
  if (holds) return blended_to({shares.first / weight, shares.second / (1 - weight), weight}, picture);
  return blended_to({(shares.first + offset) / weight, (shares.second - offset) / (1 - weight), weight}, picture);
}

Layers blended_to(const Layers& layers, const Tensor& picture) {
  const double m = layers.weight;
  // Both take half of what is missing, as far as they may.
  const Tensor miss = picture - m * layers.first - (1 - m) * layers.second;
  const Tensor least = ((picture - m) / (1 - m)).clamp_min(0), most = (picture / (1 - m)).clamp_max(1);
  const Tensor second =
      torch::minimum(torch::maximum(layers.second + miss * ((1 - m) / (m * m + (1 - m) * (1 - m))), least), most);
  return {((picture - (1 - m) * second) / m).clamp(0, 1), second, m};
}

}  // namespace pentimento
