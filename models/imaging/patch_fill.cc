// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/patch_fill.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "imaging/resample.h"
#include "imaging/rows.h"
#include "imaging/sparse_fill.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kRadius = 3, kSide = 2 * kRadius + 1;
constexpr int64_t kRounds = 6, kFinestRounds = 3;  // of search and vote at a level
constexpr int64_t kSweeps = 3;                     // of the search in a round
constexpr int64_t kStructurePixels = 128 * 128;    // of the level that begins with a given structure
constexpr double kPercentile = 0.75;               // of the distances: the scale of the votes' weights

// A counter-based generator: the same numbers whatever the threads.
uint64_t scramble(uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

struct Point {
  int32_t y = 0, x = 0;
};

// One level of the pyramid, its picture interleaved.
class Level {
 public:
  Level(const Tensor& picture, const Tensor& known)
      : picture_(picture.squeeze(0).permute({1, 2, 0}).contiguous()),
        height_(picture.size(2)),
        width_(picture.size(3)),
        channels_(picture.size(1)) {
    hole_ = (known[0][0] < 0.5).to(torch::kByte).contiguous();
    const Tensor touching = torch::max_pool2d(1 - known, kSide, 1, kRadius)[0][0] > 0.5;
    target_ = touching.to(torch::kByte).contiguous();
    // Patches must lie inside the picture to be copied from, and centred inside to be filled.
    for (int64_t y = 0; y < height_; ++y)
      for (int64_t x = 0; x < width_; ++x)
        if (!target(y, x) && inside(y, x)) sources_.push_back({static_cast<int32_t>(y), static_cast<int32_t>(x)});
    source_ = torch::zeros({height_, width_}, torch::kByte);
    for (const Point& p : sources_) source_.data_ptr<uint8_t>()[p.y * width_ + p.x] = 1;
    neighbour_.resize(static_cast<size_t>(height_ * width_));
    distance_.resize(neighbour_.size(), std::numeric_limits<float>::infinity());
  }

  bool has_sources() const { return !sources_.empty(); }

  void start_at_random(uint64_t seed) {
    for (size_t i = 0; i < neighbour_.size(); ++i)
      neighbour_[i] = sources_[scramble(seed ^ (i << 20)) % sources_.size()];
  }

  // From the next coarser level: the same offsets, twice as far.
  void start_from(const Level& coarse, uint64_t seed) {
    for (int64_t y = 0; y < height_; ++y)
      for (int64_t x = 0; x < width_; ++x) {
        const int64_t cy = std::min(y / 2, coarse.height_ - 1), cx = std::min(x / 2, coarse.width_ - 1);
        const Point c = coarse.neighbour_[static_cast<size_t>(cy * coarse.width_ + cx)];
        const Point p = {static_cast<int32_t>(2 * c.y + y % 2), static_cast<int32_t>(2 * c.x + x % 2)};
        const size_t i = static_cast<size_t>(y * width_ + x);
        neighbour_[i] = usable(p) ? p : sources_[scramble(seed ^ (i << 20)) % sources_.size()];
      }
  }

  // Better neighbours for every patch that touches the hole: from the patches beside it, and at random around its own.
  // Blocks of rows look at each other's neighbours as they were before the sweep.
  void search(bool forwards, uint64_t seed) {
    const std::vector<Point> before = neighbour_;
    over_row_blocks(height_, [&](int64_t begin, int64_t end, int64_t) {
      for (int64_t k = 0; k < end - begin; ++k) {
        const int64_t y = forwards ? begin + k : end - 1 - k;
        for (int64_t j = 0; j < width_; ++j) {
          const int64_t x = forwards ? j : width_ - 1 - j;
          if (target(y, x)) improve(y, x, begin, end, forwards ? -1 : 1, before, seed);
        }
      }
    });
  }

  void measure() {
    over_row_blocks(height_, [&](int64_t begin, int64_t end, int64_t) {
      for (int64_t y = begin; y < end; ++y)
        for (int64_t x = 0; x < width_; ++x)
          if (target(y, x)) distance_[index(y, x)] = apart(y, x, neighbour_[index(y, x)], kInfinity);
    });
  }

  // Every sample of the hole becomes the mean of what the patches around it propose, or their best proposal alone.
  void vote(bool best_alone) {
    const float scale = typical_distance();
    Tensor voted = picture_.clone();
    over_row_blocks(height_, [&](int64_t begin, int64_t end, int64_t) {
      std::vector<double> sum(static_cast<size_t>(channels_));
      for (int64_t y = begin; y < end; ++y)
        for (int64_t x = 0; x < width_; ++x)
          if (hole(y, x)) vote_at(y, x, best_alone, scale, sum, voted.data_ptr<float>() + (y * width_ + x) * channels_);
    });
    picture_ = voted;
  }

  void set_hole(const Tensor& picture) {
    const Tensor rows = picture.squeeze(0).permute({1, 2, 0}).contiguous();
    picture_ = torch::where(hole_.unsqueeze(2).to(torch::kBool), rows, picture_);
  }

  Tensor picture() const { return picture_.permute({2, 0, 1}).unsqueeze(0).contiguous(); }

 private:
  static constexpr float kInfinity = std::numeric_limits<float>::infinity();

  size_t index(int64_t y, int64_t x) const { return static_cast<size_t>(y * width_ + x); }
  bool hole(int64_t y, int64_t x) const { return hole_.const_data_ptr<uint8_t>()[y * width_ + x]; }
  bool target(int64_t y, int64_t x) const { return target_.const_data_ptr<uint8_t>()[y * width_ + x]; }
  bool inside(int64_t y, int64_t x) const {
    return y >= kRadius && x >= kRadius && y < height_ - kRadius && x < width_ - kRadius;
  }
  bool usable(Point p) const {
    return p.y >= 0 && p.x >= 0 && p.y < height_ && p.x < width_ &&
           source_.const_data_ptr<uint8_t>()[p.y * width_ + p.x];
  }

  // Mean squared difference of two patches, of which the first may reach over the rim; at least `enough` if more.
  float apart(int64_t y, int64_t x, Point p, float enough) const {
    const float* data = picture_.const_data_ptr<float>();
    const int64_t left = std::max<int64_t>(-kRadius, -x), right = std::min(kRadius, width_ - 1 - x);
    const int64_t top = std::max<int64_t>(-kRadius, -y), bottom = std::min(kRadius, height_ - 1 - y);
    const int64_t n = (right - left + 1) * channels_, count = n * (bottom - top + 1);
    const float limit = enough * static_cast<float>(count);
    float sum = 0;
    for (int64_t dy = top; dy <= bottom && sum < limit; ++dy) {
      const float* a = data + ((y + dy) * width_ + x + left) * channels_;
      const float* b = data + ((p.y + dy) * width_ + p.x + left) * channels_;
      for (int64_t i = 0; i < n; ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum / static_cast<float>(count);
  }

  void improve(int64_t y, int64_t x, int64_t begin, int64_t end, int64_t side, const std::vector<Point>& before,
               uint64_t seed) {
    Point& best = neighbour_[index(y, x)];
    float& distance = distance_[index(y, x)];
    const auto consider = [&](Point p) {
      if (!usable(p)) return;
      const float d = apart(y, x, p, distance);
      if (d < distance) best = p, distance = d;
    };
    const auto beside = [&](int64_t dy, int64_t dx) {
      const int64_t ny = y + dy, nx = x + dx;
      if (ny < 0 || nx < 0 || ny >= height_ || nx >= width_ || !target(ny, nx)) return;
      const Point p = (ny >= begin && ny < end ? neighbour_ : before)[index(ny, nx)];
      consider({static_cast<int32_t>(p.y - dy), static_cast<int32_t>(p.x - dx)});
    };
    beside(side, 0);
    beside(0, side);
    uint64_t random = scramble(seed ^ (static_cast<uint64_t>(index(y, x)) << 20));
    for (int64_t reach = std::max(height_, width_); reach >= 1; reach /= 2) {
      random = scramble(random);
      const auto step = [&](uint64_t bits) {
        return static_cast<int32_t>(static_cast<int64_t>(bits % static_cast<uint64_t>(2 * reach + 1)) - reach);
      };
      consider({best.y + step(random & 0xFFFFFFFF), best.x + step(random >> 32)});
    }
  }

  float typical_distance() const {
    std::vector<float> all;
    for (int64_t y = 0; y < height_; ++y)
      for (int64_t x = 0; x < width_; ++x)
        if (target(y, x)) all.push_back(distance_[index(y, x)]);
    const auto nth = all.begin() + static_cast<int64_t>(kPercentile * static_cast<double>(all.size() - 1));
    std::nth_element(all.begin(), nth, all.end());
    return std::max(*nth, 1e-6f);
  }

  void vote_at(int64_t y, int64_t x, bool best_alone, float scale, std::vector<double>& sum, float* to) const {
    const float* data = picture_.const_data_ptr<float>();
    std::fill(sum.begin(), sum.end(), 0.0);
    double weights = 0;
    float best = kInfinity;
    for (int64_t dy = -kRadius; dy <= kRadius; ++dy)
      for (int64_t dx = -kRadius; dx <= kRadius; ++dx) {
        const int64_t cy = y + dy, cx = x + dx;
        if (cy < 0 || cx < 0 || cy >= height_ || cx >= width_) continue;
        const Point p = neighbour_[index(cy, cx)];
        const float* from = data + ((p.y - dy) * width_ + p.x - dx) * channels_;
        const float d = distance_[index(cy, cx)];
        const double weight = best_alone ? (d < best ? 1 : 0) : std::exp(-d / (2 * scale));
        if (best_alone && d < best) std::fill(sum.begin(), sum.end(), 0.0), weights = 0, best = d;
        for (int64_t c = 0; c < channels_; ++c) sum[static_cast<size_t>(c)] += weight * from[c];
        weights += weight;
      }
    for (int64_t c = 0; c < channels_; ++c)
      to[c] = static_cast<float>(sum[static_cast<size_t>(c)] / std::max(weights, 1e-30));
  }

  Tensor picture_;  // H x W x C
  int64_t height_, width_, channels_;
  Tensor hole_, target_, source_;  // H x W, byte
  std::vector<Point> sources_;
  std::vector<Point> neighbour_;  // of the patch around every pixel
  std::vector<float> distance_;
};

struct Scale {
  Tensor picture, known;
};

// Finest first; down to where the hole is about as wide as a patch, or the picture becomes too small to copy from.
std::vector<Scale> pyramid(const Tensor& picture, const Tensor& known, bool has_structure) {
  std::vector<Scale> scales = {{picture, known}};
  for (;;) {
    const Scale& fine = scales.back();
    if (std::min(fine.picture.size(2), fine.picture.size(3)) < 6 * kSide) return scales;
    const Tensor core = -torch::max_pool2d(-(1 - fine.known), kSide, 1, kRadius);
    if (core.max().item<float>() < 0.5f) return scales;
    if (has_structure && fine.picture[0][0].numel() <= kStructurePixels) return scales;
    const Tensor weight = torch::avg_pool2d(fine.known, 2);
    const Tensor half = torch::avg_pool2d(fine.picture * fine.known, 2) / weight.clamp_min(1e-6);
    scales.push_back({half, (weight > 0.5).to(torch::kFloat)});
  }
}

}  // namespace

Tensor patch_fill(const Tensor& picture, const Tensor& known, const Tensor& structure, uint64_t seed,
                  const std::function<void()>& after_sweep) {
  const std::vector<Scale> scales = pyramid(picture, known, structure.defined());
  Tensor filled = structure;      // of the coarser level
  std::unique_ptr<Level> coarse;  // that can be searched
  for (size_t s = scales.size(); s-- > 0;) {
    const Scale& scale = scales[s];
    const int64_t h = scale.picture.size(2), w = scale.picture.size(3);
    auto level = std::make_unique<Level>(scale.picture, scale.known);
    if (!filled.defined()) filled = pull_push(scale.picture, scale.known);
    const bool shrinks = filled.size(2) > h;
    level->set_hole(shrinks ? area_shrink(filled, h, w) : enlarge(filled, h, w));
    if (level->has_sources()) {
      coarse ? level->start_from(*coarse, seed + s) : level->start_at_random(seed + s);
      const int64_t rounds = s == 0 ? kFinestRounds : kRounds;
      if (coarse) {
        level->measure();
        level->vote(false);  // the neighbours know more of the texture than an enlarged fill
      }
      for (int64_t round = 0; round < rounds; ++round) {
        level->measure();
        for (int64_t sweep = 0; sweep < kSweeps; ++sweep) {
          level->search(sweep % 2 == 0, seed + static_cast<uint64_t>(((s * 64 + round) << 8) + sweep));
          after_sweep();
        }
        level->vote(s == 0 && round + 1 == rounds);
      }
    }
    filled = level->picture();
    coarse = level->has_sources() ? std::move(level) : nullptr;
  }
  return torch::where(known > 0.5, picture, filled);
}

}  // namespace pentimento
