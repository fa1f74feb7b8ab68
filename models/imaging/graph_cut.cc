// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/graph_cut.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <limits>
#include <vector>

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int32_t kArcs = 2 * kTies;  // of a pixel; arc a ^ 1 leads back
constexpr float kUnit = 1000;
enum Tree : int8_t { kFree, kSource, kSink };
constexpr int8_t kNone = -1, kTerminal = -2, kOrphan = -3;  // parents that are no arc

// Two search trees grow from the terminals until they meet; the path found is filled, and what it cuts off is adopted.
class Flow {
 public:
  Flow(const Tensor& cost, const Tensor& ties)
      : frames_(cost.size(0)), height_(cost.size(2)), width_(cost.size(3)), deep_(frames_ > 1 ? 1 : 0) {
    // A rim of pixels without ties saves asking where the picture ends.
    const int64_t row = width_ + 2, plane = row * (height_ + 2);
    const std::array<int64_t, kTies> steps = {1, row, row + 1, row - 1, plane};
    for (size_t t = 0; t < kTies; ++t) step_[2 * t] = steps[t], step_[2 * t + 1] = -steps[t];
    const size_t count = static_cast<size_t>(plane * (frames_ + 2 * deep_));
    capacity_.assign(count, {});
    node_.assign(count, {});
    const Tensor costs = (cost * kUnit).round().to(torch::kInt).contiguous();
    const Tensor weights = (ties * kUnit).round().to(torch::kInt).contiguous();
    const int32_t *c = costs.const_data_ptr<int32_t>(), *w = weights.const_data_ptr<int32_t>();
    const int64_t pixels = height_ * width_;
    for (int64_t f = 0; f < frames_; ++f)
      for (int64_t y = 0; y < height_; ++y)
        for (int64_t x = 0; x < width_; ++x) {
          const size_t i = index(f, y, x);
          const int64_t p = y * width_ + x;
          node_[i].rest = -c[f * pixels + p];
          const bool down = y + 1 < height_, right = x + 1 < width_;
          const std::array<bool, kTies> there = {right, down, down && right, down && x > 0, f + 1 < frames_};
          for (size_t t = 0; t < kTies; ++t) {
            if (!there[t]) continue;
            const int32_t weight = w[(f * kTies + static_cast<int64_t>(t)) * pixels + p];
            capacity_[i][2 * t] = weight;
            capacity_[next(i, static_cast<int32_t>(2 * t))][2 * t + 1] = weight;
          }
        }
  }

  Tensor cut() {
    for (size_t i = 0; i < node_.size(); ++i) {
      if (node_[i].rest == 0) continue;
      node_[i].tree = node_[i].rest > 0 ? kSource : kSink;
      node_[i].parent = kTerminal;
      node_[i].distance = 1;
      activate(i);
    }
    while (!active_.empty()) {
      const size_t i = active_.front();
      if (node_[i].tree == kFree || !grow(i)) {
        active_.pop_front();
        node_[i].active = false;
      }
    }
    Tensor labels = torch::empty({frames_, 1, height_, width_});
    float* to = labels.data_ptr<float>();
    for (int64_t f = 0; f < frames_; ++f)
      for (int64_t y = 0; y < height_; ++y)
        for (int64_t x = 0; x < width_; ++x) *to++ = node_[index(f, y, x)].tree == kSource;
    return labels;
  }

 private:
  struct Node {
    int32_t rest = 0;  // from the source if positive, else to the sink
    int32_t time = 0;  // when `distance` to the terminal was last seen to hold
    int32_t distance = 0;
    Tree tree = kFree;
    int8_t parent = kNone;
    bool active = false;
  };

  size_t index(int64_t f, int64_t y, int64_t x) const {
    return static_cast<size_t>(((f + deep_) * (height_ + 2) + y + 1) * (width_ + 2) + x + 1);
  }
  // A single frame has no ties to others, and no pixels where they would lead.
  int32_t arcs() const { return deep_ ? kArcs : kArcs - 2; }
  size_t next(size_t i, int32_t arc) const {
    return static_cast<size_t>(static_cast<int64_t>(i) + step_[static_cast<size_t>(arc)]);
  }
  int32_t& capacity(size_t i, int32_t arc) { return capacity_[i][static_cast<size_t>(arc)]; }
  // In the direction of the flow: away from the source, towards the sink.
  int32_t& outward(size_t i, int32_t arc) {
    return node_[i].tree == kSource ? capacity(i, arc) : capacity(next(i, arc), arc ^ 1);
  }
  int32_t& inward(size_t i, int32_t arc) {
    return node_[i].tree == kSource ? capacity(next(i, arc), arc ^ 1) : capacity(i, arc);
  }

  void activate(size_t i) {
    if (node_[i].active) return;
    node_[i].active = true;
    active_.push_back(i);
  }

  // Whether a path was found, in which case there may be more.
  bool grow(size_t i) {
    for (int32_t arc = 0; arc < arcs(); ++arc) {
      if (outward(i, arc) == 0) continue;
      const size_t n = next(i, arc);
      if (node_[n].tree == kFree) {
        node_[n].tree = node_[i].tree;
        adopt(n, i, arc);
        activate(n);
      } else if (node_[n].tree != node_[i].tree) {
        node_[i].tree == kSource ? augment(i, arc) : augment(n, arc ^ 1);
        return true;
      } else if (node_[n].time <= node_[i].time && node_[n].distance > node_[i].distance + 1) {
        adopt(n, i, arc);  // a shorter way to the terminal
      }
    }
    return false;
  }

  void adopt(size_t child, size_t parent, int32_t arc) {
    node_[child].parent = static_cast<int8_t>(arc ^ 1);
    node_[child].time = node_[parent].time;
    node_[child].distance = node_[parent].distance + 1;
  }

  // `i` in the source's tree, `arc` leads to the sink's.
  void augment(size_t i, int32_t arc) {
    const size_t j = next(i, arc);
    int32_t flow = capacity(i, arc);
    const auto narrowest = [&](size_t n) {
      for (; node_[n].parent != kTerminal; n = next(n, node_[n].parent))
        flow = std::min(flow, inward(n, node_[n].parent));
      flow = std::min(flow, std::abs(node_[n].rest));
    };
    narrowest(i);
    narrowest(j);
    capacity(i, arc) -= flow;
    capacity(j, arc ^ 1) += flow;
    const auto fill = [&](size_t n) {
      const int32_t sign = node_[n].tree == kSource ? 1 : -1;
      while (node_[n].parent != kTerminal) {
        const int8_t up = node_[n].parent;
        inward(n, up) -= flow;
        outward(n, up) += flow;
        const size_t above = next(n, up);
        if (inward(n, up) == 0) orphan(n);
        n = above;
      }
      node_[n].rest -= sign * flow;
      if (node_[n].rest == 0) orphan(n);
    };
    fill(i);
    fill(j);
    ++time_;
    while (!orphans_.empty()) {
      const size_t n = orphans_.front();
      orphans_.pop_front();
      find_parent(n);
    }
  }

  void orphan(size_t i) {
    node_[i].parent = kOrphan;
    orphans_.push_back(i);
  }

  // How far it is to the terminal, or kFar if the way ends in an orphan.
  int32_t origin(size_t start) {
    int32_t distance = 0;
    size_t n = start;
    for (;; n = next(n, node_[n].parent)) {
      if (node_[n].time == time_) break;
      if (node_[n].parent == kTerminal) {
        node_[n].time = time_;
        node_[n].distance = 1;
        break;
      }
      if (node_[n].parent < 0) return kFar;
      ++distance;
    }
    distance += node_[n].distance;
    int32_t left = distance;
    for (n = start; node_[n].time != time_; n = next(n, node_[n].parent)) {
      node_[n].time = time_;
      node_[n].distance = left--;
    }
    return distance;
  }

  void find_parent(size_t i) {
    int32_t best = kFar;
    int8_t parent = kNone;
    for (int32_t arc = 0; arc < arcs(); ++arc) {
      const size_t n = next(i, arc);
      if (node_[n].tree != node_[i].tree || inward(i, arc) == 0 || node_[n].parent == kNone) continue;
      const int32_t distance = origin(n);
      if (distance < best) best = distance, parent = static_cast<int8_t>(arc);
    }
    node_[i].parent = parent;
    if (parent != kNone) {
      node_[i].time = time_;
      node_[i].distance = best + 1;
      return;
    }
    for (int32_t arc = 0; arc < arcs(); ++arc) {
      const size_t n = next(i, arc);
      if (node_[n].tree != node_[i].tree) continue;
      if (inward(i, arc) > 0) activate(n);
      if (node_[n].parent == (arc ^ 1)) orphan(n);
    }
    node_[i].tree = kFree;
  }

  static constexpr int32_t kFar = std::numeric_limits<int32_t>::max();

  int64_t frames_, height_, width_, deep_;
  std::array<int64_t, kArcs> step_;
  std::vector<std::array<int32_t, kArcs>> capacity_;
  std::vector<Node> node_;
  std::deque<size_t> active_, orphans_;
  int32_t time_ = 0;
};

}  // namespace

Tensor graph_cut(const Tensor& cost, const Tensor& ties) { return Flow(cost, ties).cut(); }

}  // namespace pentimento
