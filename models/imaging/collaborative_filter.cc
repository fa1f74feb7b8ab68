// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/collaborative_filter.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "imaging/block_matching.h"
#include "imaging/dct_kernel.h"
#include "imaging/dct_shrinkage.h"
#include "imaging/noise.h"
#include "imaging/rows.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kSide = kMatchedBlock, kPixels = kSide * kSide;
constexpr int64_t kStep = 3;           // between reference blocks
constexpr int64_t kReach = 19;         // how far from them similar ones are sought
constexpr int64_t kMost[] = {16, 32};  // blocks of a group in each step
constexpr double kThreshold = 2.7;     // in standard deviations of the noise
// The noise's variance in blocks that have none: weights and gains stay finite.
constexpr float kLeastVariance = 1e-10f;

using Stack = float[kMost[1]][kPixels];

// One row of a block: a vector that every processor has, in one piece or in several.
typedef float Row __attribute__((vector_size(kSide * sizeof(float)), aligned(4), may_alias));

// Both directions of the block's DCT: with `m` from the left and its transpose from the right.
inline __attribute__((always_inline)) void transform(float* block, const dct::Matrix<kSide>& m,
                                                     const dct::Matrix<kSide>& transposed) {
  const auto row = [](const float* at) { return reinterpret_cast<const Row*>(at); };
  float half[kPixels];
  for (int64_t k = 0; k < kSide; ++k) {
    Row sum = m[k][0] * *row(block);
#pragma GCC unroll 8
    for (int64_t i = 1; i < kSide; ++i) sum += m[k][i] * *row(block + i * kSide);
    *reinterpret_cast<Row*>(half + k * kSide) = sum;
  }
  for (int64_t k = 0; k < kSide; ++k) {
    Row sum = half[k * kSide] * *row(transposed[0].data());
#pragma GCC unroll 8
    for (int64_t j = 1; j < kSide; ++j) sum += half[k * kSide + j] * *row(transposed[j].data());
    *reinterpret_cast<Row*>(block + k * kSide) = sum;
  }
}

// Along the stack, not normalised: twice is n times the identity.
inline __attribute__((always_inline)) void hadamard(Stack& stack, int64_t n) {
  for (int64_t half = 1; half < n; half *= 2)
    for (int64_t first = 0; first < n; first += 2 * half)
      for (int64_t i = first; i < first + half; ++i)
        for (int64_t k = 0; k < kPixels; ++k) {
          const float a = stack[i][k], b = stack[i + half][k];
          stack[i][k] = a + b;
          stack[i + half][k] = a - b;
        }
}

struct Transforms {
  dct::Matrix<kSide> forward = dct::matrix<kSide>(), backward;
  Transforms() {
    for (size_t i = 0; i < kSide; ++i)
      for (size_t j = 0; j < kSide; ++j) backward[i][j] = forward[j][i];
  }
};

PENTIMENTO_VECTORISED void load(const float* plane, int64_t stride, const std::vector<Place>& group,
                                const Transforms& t, Stack& stack) {
  const auto n = static_cast<int64_t>(group.size());
  for (int64_t b = 0; b < n; ++b) {
    const float* from = plane + group[static_cast<size_t>(b)].y * stride + group[static_cast<size_t>(b)].x;
    for (int64_t i = 0; i < kSide; ++i)
      for (int64_t j = 0; j < kSide; ++j) stack[b][i * kSide + j] = from[i * stride + j];
    transform(stack[b], t.forward, t.backward);
  }
  hadamard(stack, n);
}

// Drops what is below `least` (squared); the sum of everything is never noise. Returns how many are kept.
PENTIMENTO_VECTORISED float drop_small(Stack& stack, int64_t n, float least) {
  const float mean = stack[0][0];
  float kept = 0;
  for (int64_t b = 0; b < n; ++b)
    for (int64_t k = 0; k < kPixels; ++k) {
      const bool keep = stack[b][k] * stack[b][k] > least;
      kept += keep ? 1.0f : 0.0f;
      stack[b][k] = keep ? stack[b][k] : 0;
    }
  stack[0][0] = mean;
  return mean * mean > least ? kept : kept + 1;
}

// Returns the sum of the squared gains.
PENTIMENTO_VECTORISED float wiener(Stack& stack, const Stack& pilot, int64_t n, float variance) {
  float sum = 0;
  for (int64_t b = 0; b < n; ++b)
    for (int64_t k = 0; k < kPixels; ++k) {
      const float power = pilot[b][k] * pilot[b][k] + 1e-12f;  // without noise the gain must be 1
      const float gain = power / (power + variance);
      stack[b][k] *= gain;
      sum += gain * gain;
    }
  return sum;
}

// Adds the stack, transformed back and weighted, and its weights where the blocks lie. Row 0 of both is the picture's
// row `top`.
PENTIMENTO_VECTORISED void put_back(Stack& stack, const std::vector<Place>& group, const Transforms& t,
                                    const float* window, float weight, int64_t top, int64_t stride, float* sums,
                                    float* weights) {
  const auto n = static_cast<int64_t>(group.size());
  hadamard(stack, n);
  const float scale = 1 / static_cast<float>(n);
  for (int64_t b = 0; b < n; ++b) {
    transform(stack[b], t.backward, t.forward);
    const int64_t corner = (group[static_cast<size_t>(b)].y - top) * stride + group[static_cast<size_t>(b)].x;
    for (int64_t i = 0; i < kSide; ++i)
      for (int64_t j = 0; j < kSide; ++j) {
        const float w = weight * window[i * kSide + j];
        sums[corner + i * stride + j] += w * scale * stack[b][i * kSide + j];
        weights[corner + i * stride + j] += w;
      }
  }
}

// Kaiser's window, beta 2: blocks count less towards their rims.
std::vector<float> window() {
  const Tensor w = torch::kaiser_window(kSide, /*periodic=*/false, /*beta=*/2.0, torch::kFloat);
  const Tensor square = torch::outer(w, w).contiguous();
  return {square.data_ptr<float>(), square.data_ptr<float>() + kPixels};
}

std::vector<int64_t> corners(int64_t length) {
  std::vector<int64_t> all;
  for (int64_t x = 0; x < length - kSide; x += kStep) all.push_back(x);
  all.push_back(length - kSide);
  return all;
}

// One of the two steps over planes C x H x W; with a pilot (the same size) it is the second.
Tensor shrink_groups(const Tensor& planes, const Tensor& sigma, const Tensor& pilot) {
  const Matching matching = {kReach, kMost[pilot.defined() ? 1 : 0]};
  const int64_t channels = planes.size(0), h = planes.size(1), w = planes.size(2), plane = h * w;
  const std::vector<float> taper = window();
  const std::vector<int64_t> rows = corners(h), columns = corners(w);
  const Transforms t;
  const Tensor squares = sigma.square().contiguous();
  const float* variances = squares.const_data_ptr<float>();
  const float* noisy = planes.const_data_ptr<float>();
  const float* known = pilot.defined() ? pilot.const_data_ptr<float>() : nullptr;
  // Blocks of one part of the rows reach into others': each part sums apart, then they are added in order.
  std::vector<Tensor> sums(kRowBlocks);
  std::vector<int64_t> tops(kRowBlocks);
  over_row_blocks(static_cast<int64_t>(rows.size()), [&](int64_t begin, int64_t end, int64_t part) {
    if (begin == end) return;
    const int64_t top = std::max<int64_t>(0, rows[static_cast<size_t>(begin)] - matching.reach);
    const int64_t bottom = std::min(h, rows[static_cast<size_t>(end - 1)] + matching.reach + kSide);
    const int64_t size = (bottom - top) * w;
    Tensor own = torch::zeros({2, channels, bottom - top, w});
    float* sum = own.data_ptr<float>();
    std::vector<std::vector<Place>> groups;
    alignas(64) Stack stack, spectrum;
    for (int64_t r = begin; r < end; ++r) {
      match_blocks(known ? known : noisy, h, w, rows[static_cast<size_t>(r)], columns, matching, groups);
      for (const std::vector<Place>& group : groups)
        for (int64_t c = 0; c < channels; ++c) {
          const auto n = static_cast<float>(group.size());
          const float variance = variances[c];
          load(noisy + c * plane, w, group, t, stack);
          float kept = 0;
          if (known) {
            load(known + c * plane, w, group, t, spectrum);
            kept = wiener(stack, spectrum, static_cast<int64_t>(group.size()), n * variance);
          } else {
            kept = drop_small(stack, static_cast<int64_t>(group.size()),
                              static_cast<float>(kThreshold * kThreshold) * n * variance);
          }
          put_back(stack, group, t, taper.data(), 1 / (kept * variance + kLeastVariance), top, w, sum + c * size,
                   sum + (channels + c) * size);
        }
    }
    sums[static_cast<size_t>(part)] = own;
    tops[static_cast<size_t>(part)] = top;
  });
  Tensor total = torch::zeros({2, channels, h, w});
  for (size_t part = 0; part < sums.size(); ++part)
    if (sums[part].defined()) total.slice(2, tops[part], tops[part] + sums[part].size(2)).add_(sums[part]);
  return total[0] / total[1];
}

constexpr int64_t kPad = kSide - 1;  // so that pixels at the rim lie in as many blocks as others

}  // namespace

CollaborativeFilter::CollaborativeFilter(const Tensor& picture)
    : sigma_(estimate_noise(decorrelate(picture), clipped_samples(picture))) {}

double CollaborativeFilter::variance() const { return sigma_.square().mean().item<double>(); }

Tensor CollaborativeFilter::operator()(const Tensor& part) const {
  const int64_t h = part.size(2), w = part.size(3);
  const Tensor planes = torch::reflection_pad2d(decorrelate(part), {kPad, kPad, kPad, kPad}).squeeze(0).contiguous();
  const Tensor restored = shrink_groups(planes, sigma_, shrink_groups(planes, sigma_, {}));
  return correlate(restored.slice(1, kPad, kPad + h).slice(2, kPad, kPad + w).unsqueeze(0));
}

}  // namespace pentimento
