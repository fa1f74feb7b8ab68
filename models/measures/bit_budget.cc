// SPDX-License-Identifier: GPL-3.0-or-later
#include "measures/bit_budget.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <optional>

#include "measures/level.h"
#include "measures/pyramid.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kPart = 256;   // samples a side of what one thread works on, about
constexpr int64_t kAtOnce = 16;  // parts between two looks at whether to go on
// Of the picture of shares: what varies by less than two 8-bit levels is hardly seen, and counts for little; and where
// the bands hold next to nothing, the tone, which they do not hold, was copied.
constexpr double kVisible = 4.0 / 255 / 255, kToneBits = 0.5;

// The picture of shares, made at half the resolution: bits that are seen, local and added over the bands.
class LocalShares {
 public:
  LocalShares(int64_t height, int64_t width) : height_(height), width_(width) {
    sums_ = torch::zeros({3, (height + 1) / 2, (width + 1) / 2});  // all, extracted, invented
  }

  // 4 x h x w, squared residuals of samples `spacing` sums apart.
  void add(const Tensor& energies, int64_t spacing) {
    const int64_t h = energies.size(1), w = energies.size(2);
    const Tensor local = torch::avg_pool2d(torch::replication_pad2d(energies, {2, 2, 2, 2}), 5, 1);
    const Tensor least = local[3], most = torch::maximum(local[0], least);
    const auto bits = [&](const Tensor& e) { return torch::log2(e.maximum(least).minimum(most) / kVisible + 1) / 2; };
    const Tensor all = bits(most), copy = bits(local[1]), abstract = bits(local[2]), both = bits(least);
    const Tensor found = torch::stack({all, ((copy - both) + (all - abstract)) / 2, both});
    if (spacing == 1) {
      sums_ += found;
      return;
    }
    // Sample i lies at sum i * spacing.
    Tensor wide = torch::upsample_bilinear2d(found.unsqueeze(0), {(h - 1) * spacing + 1, (w - 1) * spacing + 1},
                                             /*align_corners=*/true);
    const int64_t below = std::max<int64_t>(sums_.size(1) - wide.size(2), 0);
    const int64_t beside = std::max<int64_t>(sums_.size(2) - wide.size(3), 0);
    wide = torch::replication_pad2d(wide, {0, beside, 0, below}).squeeze(0);
    sums_ += wide.slice(1, 0, sums_.size(1)).slice(2, 0, sums_.size(2));
  }

  // 1 x 3 x H x W, channel by channel: of a large picture each takes much memory.
  Tensor shares() const {
    Tensor result = torch::ones({1, 3, height_, width_});
    for (const int64_t source : {1, 2}) {
      const Tensor share = (sums_[source] / (sums_[0] + kToneBits)).clamp_(0, 1).unsqueeze(0).unsqueeze(0);
      const Tensor wide = torch::upsample_bilinear2d(share, {2 * share.size(2), 2 * share.size(3)}, false)
                              .slice(2, 0, height_)
                              .slice(3, 0, width_);
      result.narrow(1, source, 1).copy_(wide);
      result.narrow(1, 0, 1).sub_(wide);
    }
    return result;
  }

 private:
  int64_t height_, width_;
  Tensor sums_;
};

// All parts of a level, several at once; fills the next level in.
BitSums look_at_all(const Level& level, Level& next, Tensor& energies, const std::function<void(double)>& step) {
  struct Part {
    Span rows, columns;
    BitSums sums;
  };
  std::vector<Part> parts;
  for (const Span& y : spans(level.height(), kPart))
    for (const Span& x : spans(level.width(), kPart)) parts.push_back({y, x, {}});
  const bool first = level.step == 1;
  const int64_t planes = first ? 3 * level.original.size(0) : level.original.size(0);
  const int64_t h = (level.height() + 1) / 2, w = (level.width() + 1) / 2;
  next.original = torch::empty({planes, h, w});
  next.result = torch::empty({1, h, w});
  energies = torch::empty({4, first ? h : level.height(), first ? w : level.width()});
  const auto put = [](const Tensor& whole, const Tensor& part, const Part& p, int64_t shrink) {
    whole.narrow(1, p.rows.begin / shrink, part.size(1)).narrow(2, p.columns.begin / shrink, part.size(2)).copy_(part);
  };
  const auto n = static_cast<int64_t>(parts.size());
  for (int64_t begin = 0; begin < n; begin += kAtOnce) {
    const int64_t end = std::min(begin + kAtOnce, n);
    at::parallel_for(begin, end, 1, [&](int64_t from, int64_t to) {
      const torch::NoGradGuard no_grad;
      for (int64_t i = from; i < to; ++i) {
        Part& part = parts[static_cast<size_t>(i)];
        const PartFindings found = look_at(level, part.rows, part.columns);
        part.sums = found.sums;
        put(next.original, found.original, part, 2);
        put(next.result, found.result, part, 2);
        put(energies, found.energies, part, first ? 2 : 1);
      }
    });
    step(static_cast<double>(end - begin) / static_cast<double>(n));
  }
  BitSums sums;
  for (const Part& part : parts) sums.add(part.sums);
  return sums;
}

BandBits band_bits(const BitSums& sums) {
  BandBits band;
  band.bits = sums.total / sums.samples;
  band.redundancy = sums.redundancy / sums.samples;
  if (sums.total <= 0) return band;
  band.retained = sums.retained / sums.total;
  band.extracted = sums.extracted / sums.total;
  band.invented = sums.invented / sums.total;
  return band;
}

}  // namespace

BitBudget bit_budget(const Tensor& result, const Tensor& original, const Tensor& features, const Tensor& hole,
                     const std::function<void(double)>& step) {
  TORCH_CHECK(result.sizes() == original.sizes() && result.size(0) == 1);
  const torch::NoGradGuard no_grad;
  const int64_t height = result.size(2), width = result.size(3);
  std::optional<FeatureMap> map;
  if (features.defined()) map.emplace(features, height, width);
  LocalShares local(height, width);
  BitBudget budget;
  double share = 0.75;  // of the work: a quarter is left for each coarser level
  Level level = {original[0], result[0], hole, map ? &*map : nullptr, 1};
  for (int64_t b = 0; b < kMeasuredBands; ++b) {
    Level next = {{}, {}, {}, level.features, 2 * level.step};
    Tensor energies;
    budget.bands.push_back(band_bits(look_at_all(level, next, energies, [&](double part) { step(share * part); })));
    local.add(energies, std::max<int64_t>(level.step / 2, 1));
    if (hole.defined()) next.hole = hole.slice(0, 0, {}, next.step).slice(1, 0, {}, next.step);
    level = next;
    if (map) *map = map->coarser(level.step);
    share /= 4;
  }
  // What is the original's own is retained, and what is known to be invented is, to the pixel.
  const Tensor own = (result == original).all(1, true);
  budget.shares = local.shares();
  const auto set = [&](const Tensor& where, int64_t source) {
    for (int64_t c = 0; c < 3; ++c) budget.shares.select(1, c).masked_fill_(where.squeeze(1), c == source ? 1 : 0);
  };
  set(own, 0);
  if (hole.defined()) set(hole.unsqueeze(0).unsqueeze(0), 2);
  return budget;
}

}  // namespace pentimento
