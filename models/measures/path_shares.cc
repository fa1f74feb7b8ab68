// SPDX-License-Identifier: GPL-3.0-or-later
#include "measures/path_shares.h"

#include <algorithm>
#include <cmath>

#include "imaging/wavelet.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kBands = 5;
constexpr int64_t kMostPixels = 1024 * 1024;
constexpr double kRounding = 1.0 / (255.0 * 255.0 * 12.0);  // variance

Tensor middle(const Tensor& picture) {
  const int64_t height = picture.size(2), width = picture.size(3);
  const double share = std::min(1.0, std::sqrt(static_cast<double>(kMostPixels) / static_cast<double>(height * width)));
  const auto kept = [share](int64_t side) {
    return std::max<int64_t>(static_cast<int64_t>(share * static_cast<double>(side)), 1);
  };
  const int64_t h = kept(height), w = kept(width);
  return picture.narrow(2, (height - h) / 2, h).narrow(3, (width - w) / 2, w);
}

Tensor averaged(const Tensor& features) {
  return features.defined() ? features.mean({2, 3}, true).expand_as(features) : features;
}

// v(S) from the bands of y_S and y.
double carried(const Tensor& part, const Tensor& whole) {
  const double all = (whole - whole.mean({2, 3}, true)).square().sum(torch::kDouble).item<double>();
  return std::clamp(1 - (part - whole).square().sum(torch::kDouble).item<double>() / all, 0.0, 1.0);
}

}  // namespace

std::vector<PathShares> path_shares(const Restorer& network, const Tensor& picture) {
  const torch::NoGradGuard no_grad;
  const Tensor seen = middle(picture).to(network.parameters().front().device());
  const int64_t height = seen.size(2), width = seen.size(3), cell = network.multiple();
  const auto beyond = [cell](int64_t side) { return (cell - side % cell) % cell; };
  const Tensor whole = torch::replication_pad2d(seen, {0, beyond(width), 0, beyond(height)});
  const Tensor detail = network.detail(whole);
  Restorer::Abstraction own = network.abstraction(detail), none;
  own.levels.clear();
  none.joined = averaged(own.joined);
  none.field = averaged(own.field);

  const auto bands = [&](bool low, bool high) {
    const Tensor made =
        network.restored(low ? whole : averaged(whole), low ? detail : averaged(detail), high ? own : none);
    return wavelet_bands(made.slice(2, 0, height).slice(3, 0, width), kBands);
  };
  const std::vector<Tensor> all = bands(true, true), low = bands(true, false), high = bands(false, true),
                            neither = bands(false, false);
  std::vector<PathShares> shares;
  for (size_t b = 0; b < kBands; ++b) {
    if (all[b].var({2, 3}, false).mean().item<double>() < kRounding) {
      shares.push_back({1, 0, 0});
      continue;
    }
    const double with_low = carried(low[b], all[b]), with_high = carried(high[b], all[b]);
    // What neither brings is in both.
    const double without = std::min({carried(neither[b], all[b]), with_low, with_high});
    shares.push_back({(with_low - without + 1 - with_high) / 2, (with_high - without + 1 - with_low) / 2, without});
  }
  return shares;
}

}  // namespace pentimento
