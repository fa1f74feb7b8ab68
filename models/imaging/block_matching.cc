// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/block_matching.h"

#include <algorithm>
#include <array>
#include <limits>

#include "imaging/rows.h"

namespace pentimento {

namespace {

constexpr int64_t kSide = kMatchedBlock;
constexpr int64_t kMostColumns = 256;  // below references that are compared together: what stays in the first cache

// Sums of squared differences of blocks side by side: out[x] of the blocks with corner x, for x < n.
PENTIMENTO_VECTORISED void differences(const float* one, const float* other, int64_t stride, int64_t n, float* out) {
  float columns[kMostColumns];
  const int64_t width = n + kSide - 1;
  for (int64_t x = 0; x < width; ++x) {
    float sum = 0;
#pragma GCC unroll 8
    for (int64_t i = 0; i < kSide; ++i) {
      const float d = one[i * stride + x] - other[i * stride + x];
      sum += d * d;
    }
    columns[x] = sum;
  }
  for (int64_t x = 0; x < n; ++x) {
    float sum = 0;
#pragma GCC unroll 8
    for (int64_t j = 0; j < kSide; ++j) sum += columns[x + j];
    out[x] = sum;
  }
}

struct Candidate {
  float difference;
  Place place;
  bool operator<(const Candidate& other) const { return difference < other.difference; }
};

// The nearest `most` of all candidates, and now and then some more.
class Nearest {
 public:
  explicit Nearest(int64_t most) : most_(most) {}
  void take(const Candidate& c) {
    if (c.difference >= limit_) return;
    all_.push_back(c);
    if (static_cast<int64_t>(all_.size()) < 4 * most_) return;
    keep(most_);
    limit_ = all_.back().difference;
  }
  // The largest power of two of them that there are, less one, in order.
  const std::vector<Candidate>& group() {
    int64_t size = 1;
    while (2 * size <= std::min(static_cast<int64_t>(all_.size()) + 1, most_)) size *= 2;
    keep(size - 1);
    std::sort(all_.begin(), all_.end());
    return all_;
  }

 private:
  // The nearest n, the farthest of them last.
  void keep(int64_t n) {
    if (n > 0) std::nth_element(all_.begin(), all_.begin() + n - 1, all_.end());
    all_.resize(static_cast<size_t>(n));
  }

  int64_t most_;
  float limit_ = std::numeric_limits<float>::infinity();
  std::vector<Candidate> all_;
};

}  // namespace

void match_blocks(const float* plane, int64_t height, int64_t width, int64_t y, const std::vector<int64_t>& xs,
                  const Matching& matching, std::vector<std::vector<Place>>& groups) {
  groups.resize(xs.size());
  const int64_t top = std::max<int64_t>(0, y - matching.reach), bottom = std::min(height - kSide, y + matching.reach);
  std::array<float, kMostColumns> sums;
  for (size_t first = 0, last = 0; first < xs.size(); first = last) {
    while (last < xs.size() && xs[last] - xs[first] + kSide <= kMostColumns) ++last;
    std::vector<Nearest> nearest(last - first, Nearest(matching.most));
    for (int64_t row = top; row <= bottom; ++row)
      for (int64_t dx = -matching.reach; dx <= matching.reach; ++dx) {
        if (row == y && dx == 0) continue;
        // Of the references' columns those whose counterparts lie inside the plane.
        const int64_t from = std::max(xs[first], -dx), to = std::min(xs[last - 1] + 1, width - kSide + 1 - dx);
        if (from >= to) continue;
        differences(plane + y * width + from, plane + row * width + from + dx, width, to - from, sums.data());
        for (size_t r = first; r < last; ++r)
          if (xs[r] >= from && xs[r] < to)
            nearest[r - first].take({sums[static_cast<size_t>(xs[r] - from)],
                                     {static_cast<int32_t>(row), static_cast<int32_t>(xs[r] + dx)}});
      }
    for (size_t r = first; r < last; ++r) {
      groups[r] = {{static_cast<int32_t>(y), static_cast<int32_t>(xs[r])}};
      for (const Candidate& c : nearest[r - first].group()) groups[r].push_back(c.place);
    }
  }
}

}  // namespace pentimento
