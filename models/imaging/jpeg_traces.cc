// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/jpeg_traces.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include "imaging/dct_blocks.h"
#include "imaging/jpeg_tables.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kN = kDctBlock, kFrequencies = kN * kN;
constexpr int64_t kWindows = 2048,
                  kWindow = 2 * kN - 1;  // looked at for the grid; a window holds a block of every grid
constexpr int64_t kCrop = 512;           // pixels a side that are looked at for the chroma
constexpr int64_t kMostSteps = 255;
constexpr double kStray = 0.02;         // of the coefficients that belong to no multiple
constexpr double kCertain = 8;          // log-likelihood ratio that makes a step known
constexpr double kAgreement = 0.5;      // share of the coefficients, above chance, that must fit a table
constexpr int64_t kLeastEvidence = 16;  // coefficients

using Steps = std::array<int64_t, kFrequencies>;

struct Table {
  Steps steps{};
  int64_t quality = 0;
  double agreement = 0;

  bool reliable() const { return agreement >= kAgreement; }
  Tensor tensor() const {
    return torch::tensor(at::ArrayRef<int64_t>(steps.data(), steps.size()), torch::kInt64)
        .view({kN, kN})
        .to(torch::kFloat);
  }
};

Steps ijg_steps(int64_t quality, bool chroma) {
  const Tensor table = jpeg_table(quality, chroma).to(torch::kInt64).contiguous();
  Steps steps;
  std::copy_n(table.const_data_ptr<int64_t>(), kFrequencies, steps.begin());
  return steps;
}

double away(double coefficient, int64_t step) {
  return coefficient - static_cast<double>(step) * std::round(coefficient / static_cast<double>(step));
}

// Log-likelihood ratios of every step against none, for every frequency. `blocks`: N x 64, levels; rounding to whole
// samples has left them with noise of standard deviation `sigma`. Coefficients near 0 are multiples of any step; the
// first one is no witness, for all samples of a flat block are rounded alike.
std::vector<std::array<double, kMostSteps + 1>> likelihoods(const Tensor& blocks, double sigma) {
  std::vector<std::array<double, kMostSteps + 1>> ratios(kFrequencies);
  for (auto& r : ratios) r.fill(0);
  const Tensor columns = blocks.t().contiguous();
  for (int64_t f = 1; f < kFrequencies; ++f) {
    const float* c = columns[f].const_data_ptr<float>();
    for (int64_t i = 0; i < columns.size(1); ++i) {
      if (std::abs(c[i]) < 1) continue;
      for (int64_t q = 2; q <= kMostSteps; ++q) {
        const double r = away(c[i], q) / sigma;
        const double peak = r * r > 40 ? 0 : std::exp(-r * r / 2) * 0.3989 / sigma * static_cast<double>(q);
        ratios[f][q] += std::log((1 - kStray) * peak + kStray);
      }
    }
  }
  return ratios;
}

// By how much more of the coefficients lie near multiples of the steps than would by chance: 1 is all, 0 is none.
double agreement(const Tensor& blocks, const Steps& steps, double sigma) {
  const double near = 3 * sigma;
  const Tensor rows = blocks.contiguous();
  double seen = 0, expected = 0, count = 0;
  for (int64_t i = 0; i < rows.size(0); ++i) {
    const float* c = rows[i].const_data_ptr<float>();
    for (int64_t f = 1; f < kFrequencies; ++f) {
      const double chance = 2 * near / static_cast<double>(steps[f]);
      if (std::abs(c[f]) < 1 || chance > 0.5) continue;
      ++count;
      expected += chance;
      seen += std::abs(away(c[f], steps[f])) < near ? 1 : 0;
    }
  }
  return count < kLeastEvidence ? 0 : (seen - expected) / (count - expected);
}

// The table that explains one half of the blocks best, judged by the other half.
Table estimate_table(const Tensor& blocks, double sigma, bool chroma) {
  Table table;
  if (blocks.size(0) < 2) return table;
  const auto ratios = likelihoods(blocks.slice(0, 0, {}, 2), sigma);
  Steps best;
  double free = 0;
  for (int64_t f = 0; f < kFrequencies; ++f) {
    best[f] = std::max_element(ratios[f].begin() + 1, ratios[f].end()) - ratios[f].begin();
    free += ratios[f][best[f]];
  }
  double ijg = -1e300, nearest = 1e300;
  Steps ijg_table, nearest_table;
  int64_t ijg_quality = 0, nearest_quality = 0;
  for (int64_t quality = 1; quality <= 100; ++quality) {
    const Steps steps = ijg_steps(quality, chroma);
    double sum = 0, distance = 0;
    for (int64_t f = 0; f < kFrequencies; ++f) {
      sum += ratios[f][steps[f]];
      if (ratios[f][best[f]] >= kCertain)
        distance += std::abs(std::log(static_cast<double>(steps[f]) / static_cast<double>(best[f])));
    }
    if (sum > ijg) ijg = sum, ijg_table = steps, ijg_quality = quality;
    if (distance < nearest) nearest = distance, nearest_table = steps, nearest_quality = quality;
  }
  if (ijg > 0.85 * free) {
    table.steps = ijg_table;
    table.quality = ijg_quality;
  } else {
    for (int64_t f = 0; f < kFrequencies; ++f)
      table.steps[f] = ratios[f][best[f]] >= kCertain ? best[f] : nearest_table[f];
    table.quality = nearest_quality;
  }
  table.agreement = agreement(blocks.slice(0, 1, {}, 2), table.steps, sigma);
  return table;
}

// H x W -> all of its windows side by side, N x size x size.
Tensor windows(const Tensor& plane, int64_t size, int64_t step) {
  return plane.unfold(0, size, step).unfold(1, size, step).reshape({-1, size, size});
}

Tensor coefficients(const Tensor& blocks) {
  const Tensor c = dct_matrix(kN);
  return torch::matmul(torch::matmul(c, blocks), c.t()).reshape({-1, kFrequencies});
}

// Whether a sample may have been cut off, H x W: what it was cannot be told.
Tensor clipped(const Tensor& picture) { return ((picture <= 0) | (picture >= 1)).any(1).squeeze(0).to(torch::kFloat); }

struct Grid {
  int64_t top = 0, left = 0;
  Table table;
};

Grid find_grid(const Tensor& luma, const Tensor& cut) {
  Tensor all = windows(luma, kWindow, kN);
  const Tensor usable = (windows(cut, kWindow, kN).amax({1, 2}) == 0) & (all.std({1, 2}) > 1);
  all = all.index_select(0, usable.nonzero().squeeze(1));
  if (all.size(0) == 0) return {};
  all = all.slice(0, 0, {}, (all.size(0) + kWindows - 1) / kWindows);
  const auto at = [&](int64_t offset) {
    const int64_t y = offset / kN, x = offset % kN;
    return coefficients(all.slice(1, y, y + kN).slice(2, x, x + kN));
  };
  // On the file's own grid many more coefficients have been rounded to nothing than on any other.
  std::vector<std::pair<int64_t, int64_t>> zeros;
  for (int64_t offset = 0; offset < kFrequencies; ++offset)
    zeros.emplace_back((at(offset).abs() < 0.5).sum().item<int64_t>(), offset);
  std::partial_sort(zeros.begin(), zeros.begin() + 2, zeros.end(), std::greater<>());
  Grid best;
  for (int k = 0; k < 2; ++k) {
    const int64_t offset = zeros[k].second;
    const Table table = estimate_table(at(offset).slice(0, 0, kWindows), 0.3, false);
    if (table.agreement > best.table.agreement) best = {offset / kN, offset % kN, table};
  }
  return best;
}

// The middle of `length`, at most kCrop long, beginning at `start` modulo `unit` and whole units long.
std::pair<int64_t, int64_t> middle(int64_t length, int64_t start, int64_t unit) {
  const int64_t units = std::min((length - start) / unit, kCrop / unit);
  return {start + (length - start - units * unit) / 2 / unit * unit, units * unit};
}

}  // namespace

std::optional<JpegTraces> find_jpeg(const Tensor& picture) {
  if (std::min(picture.size(2), picture.size(3)) < 2 * kN) return {};
  const Tensor ycc = to_ycc(picture) * 255, cut = clipped(picture);
  const Grid grid = find_grid(ycc[0] - 128, cut);
  if (!grid.table.reliable()) return {};
  JpegTraces traces{grid.top, grid.left, grid.table.quality, grid.table.tensor(), {}, {}};

  double best = kAgreement;
  for (const Sampling sampling : {Sampling{1, 1}, Sampling{2, 2}, Sampling{1, 2}, Sampling{2, 1}}) {
    if (ycc.size(0) == 1) break;
    // Chroma units are larger than those of the luma: each of those may begin one.
    for (int64_t phase = 0; phase < sampling.down * sampling.across; ++phase) {
      const int64_t top = grid.top + phase / sampling.across * kN, left = grid.left + phase % sampling.across * kN;
      const int64_t unit_height = kN * sampling.down, unit_width = kN * sampling.across;
      const auto [y, height] = middle(picture.size(2), top, unit_height);
      const auto [x, width] = middle(picture.size(3), left, unit_width);
      if (height < unit_height || width < unit_width) continue;
      const auto part = [&](const Tensor& p) { return p.slice(0, y, y + height).slice(1, x, x + width); };
      const Tensor whole =
          torch::max_pool2d(part(cut).unsqueeze(0).unsqueeze(0), {unit_height, unit_width}).flatten() == 0;
      std::vector<Tensor> blocks;
      for (int64_t plane = 1; plane < 3; ++plane)
        blocks.push_back(to_blocks(undo_upsample(part(ycc[plane]), sampling)).reshape({-1, kFrequencies}));
      const Tensor usable = whole.nonzero().squeeze(1);
      const Tensor both = torch::cat({blocks[0].index_select(0, usable), blocks[1].index_select(0, usable)});
      for (const double sigma :
           {0.3, 0.8}) {  // chroma is often smooth, and then rounded alike in large parts of a block
        const Table table = estimate_table(both, sigma, true);
        if (table.agreement <= best) continue;
        best = table.agreement;
        traces.top = top;
        traces.left = left;
        traces.chroma = sampling;
        traces.chroma_table = table.tensor();
      }
    }
  }
  return traces;
}

}  // namespace pentimento
