// SPDX-License-Identifier: GPL-3.0-or-later
#include "measures/level.h"

#include <algorithm>
#include <cmath>

#include "measures/pyramid.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kBlock = 64;               // samples a side of a regression, about
constexpr int64_t kMargin = 16;              // around a part: more than its features look beyond it
constexpr int64_t kSamplesPerRegressor = 8;  // at least
constexpr double kLevel = 1.0 / 255, kResolution = kLevel * kLevel / 12;  // the latter of variances
constexpr double kSame = 0.5 * kLevel;

double bits_between(double variance, double smaller) { return 0.5 * std::log2(variance / smaller); }

// A part with its surroundings, and where in these it lies.
struct Surroundings {
  Span rows, columns;
  Span inner_rows, inner_columns;

  static Surroundings of(const Level& level, const Span& rows, const Span& columns) {
    const auto wide = [](const Span& s, int64_t side) {
      return Span{std::max<int64_t>(s.begin - kMargin, 0), std::min(s.end + kMargin, side)};
    };
    const auto inner = [](const Span& s, const Span& around) {
      return Span{s.begin - around.begin, s.end - around.begin};
    };
    const Span r = wide(rows, level.height()), c = wide(columns, level.width());
    return {r, c, inner(rows, r), inner(columns, c)};
  }
  Tensor cut(const Tensor& planes) const { return columns.of(rows.of(planes, 1), 2); }
  Tensor inner(const Tensor& planes) const { return inner_columns.of(inner_rows.of(planes, 1), 2); }
};

// Whether the band's coefficients are the original's own, here and around.
Tensor untouched(const Tensor& band, const Tensor& original) {
  return torch::max_pool2d((band - original).abs().unsqueeze(0), 5, 1, 2).squeeze(0) <= kSame;
}

// Regressors and, last, the band: what a block is regressed on.
struct Matrix {
  Tensor rows;  // (count + 1) x h x w
  Regressors regressors;
};

Matrix matrix_of(const OriginalPart& part, const Tensor& band, const Level& level, const Surroundings& where) {
  const Tensor copy = where.inner(local_copy(part));
  Tensor beyond, features = torch::empty({0, copy.size(1), copy.size(2)});
  if (level.features) {
    const Tensor map =
        level.features->at(where.rows.begin, where.columns.begin, where.rows.size(), where.columns.size(), level.step);
    const Tensor luma = luminance(part.band().narrow(0, 0, part.low.size(0) / 3));
    beyond = where.inner(map * luma);
    features = where.inner(map - b_spline(map));
  } else {
    beyond = where.inner(looks(part));
  }
  return {torch::cat({copy, beyond, features, where.inner(band)}), {copy.size(0), beyond.size(0), features.size(0)}};
}

// As many regressors as so few samples can tell apart.
Matrix affordable(const Matrix& all, int64_t samples) {
  const int64_t most = samples / kSamplesPerRegressor;
  const Tensor& rows = all.rows;
  const Tensor target = rows.narrow(0, rows.size(0) - 1, 1);
  if (all.regressors.count() <= most) return all;
  if (all.regressors.copy <= most)
    return {torch::cat({rows.narrow(0, 0, all.regressors.copy), target}), {all.regressors.copy, 0, 0}};
  constexpr int64_t kCentre = 1 + 12;
  if (most >= 2) return {torch::cat({rows.narrow(0, 0, 1), rows.narrow(0, kCentre, 1), target}), {2, 0, 0}};
  return {torch::cat({rows.narrow(0, 0, 1), target}), {1, 0, 0}};
}

// One kind of samples all of which are retained, or invented: their variance is.
void add_whole(BitSums& sums, const Tensor& samples, bool invented) {
  if (samples.numel() == 0) return;
  const double variance = samples.var(0, /*unbiased=*/false).item<double>();
  sums.add(static_cast<double>(samples.numel()),
           {variance, invented ? variance : 0, variance, invented ? variance : 0, {}});
}

// energies: 4 x h x w, of the block, filled in.
void look_at_block(const Matrix& matrix, const Tensor& same, const Tensor& hole, BitSums& sums, Tensor energies) {
  const int64_t count = matrix.rows.size(0), n = matrix.rows.size(1) * matrix.rows.size(2);
  const Tensor rows = matrix.rows.reshape({count, n}), band = rows[count - 1];
  const Tensor invented = hole.defined() ? hole.reshape({n}) : torch::zeros({n}, torch::kBool);
  const Tensor retained = same.reshape({n}).logical_and(invented.logical_not());
  add_whole(sums, band.masked_select(retained), false);
  add_whole(sums, band.masked_select(invented), true);
  const Tensor square = band.square();
  const Tensor nothing_left = square * invented;
  Tensor filled = torch::stack({square, nothing_left, square, nothing_left});
  const Tensor open = retained.logical_or(invented).logical_not().nonzero().squeeze(1);
  if (const int64_t left = open.size(0); left > 0) {
    const Matrix used = affordable({left == n ? rows : rows.index_select(1, open), matrix.regressors}, left);
    const Explained explained = explain(used.rows, used.regressors);
    sums.add(static_cast<double>(left), explained);
    filled.index_copy_(1, open, explained.residuals.square().to(torch::kFloat));
  }
  energies.copy_(filled.view_as(energies));
}

}  // namespace

void BitSums::add(double n, const Explained& e) {
  const double v = std::max(e.total, kResolution);
  const double copy = std::clamp(e.copy, kResolution, v), abstract = std::clamp(e.abstract, kResolution, v);
  const double both = std::clamp(e.both, kResolution, std::min(copy, abstract));
  samples += n;
  total += n * bits_between(v, kResolution);
  retained += n * (bits_between(v, copy) + bits_between(abstract, both)) / 2;
  extracted += n * (bits_between(copy, both) + bits_between(v, abstract)) / 2;
  invented += n * bits_between(both, kResolution);
  redundancy += n * (bits_between(v, copy) + bits_between(v, abstract) - bits_between(v, both));
}

void BitSums::add(const BitSums& other) {
  samples += other.samples;
  total += other.total;
  retained += other.retained;
  extracted += other.extracted;
  invented += other.invented;
  redundancy += other.redundancy;
}

PartFindings look_at(const Level& level, const Span& rows, const Span& columns) {
  const Surroundings where = Surroundings::of(level, rows, columns);
  const bool first = level.step == 1;
  OriginalPart part;
  part.low = first ? with_powers(where.cut(level.original)) : where.cut(level.original);
  part.smooth = b_spline(part.low);
  const Tensor result = first ? luminance(where.cut(level.result)) : where.cut(level.result);
  const Tensor smooth = b_spline(result), band = result - smooth;
  const Tensor own = luminance(part.band().narrow(0, 0, part.low.size(0) / 3));
  const Tensor same = where.inner(untouched(band, own)).squeeze(0);
  const Tensor hole = level.hole.defined() ? columns.of(rows.of(level.hole, 0), 1) : Tensor();

  PartFindings found;
  found.original = every_second(where.inner(part.smooth));
  found.result = every_second(where.inner(smooth));
  found.energies = torch::empty({4, rows.size(), columns.size()});
  // What was copied altogether needs no regressors.
  const bool plain = same.all().item<bool>();
  const Matrix matrix = plain ? Matrix{where.inner(band), {0, 0, 0}} : matrix_of(part, band, level, where);
  for (const Span& y : spans(rows.size(), kBlock))
    for (const Span& x : spans(columns.size(), kBlock)) {
      const auto cut = [&](const Tensor& t) { return t.defined() ? x.of(y.of(t, -2), -1) : t; };
      look_at_block({cut(matrix.rows), matrix.regressors}, cut(same), cut(hole), found.sums, cut(found.energies));
    }
  if (first) found.energies = torch::avg_pool2d(found.energies.unsqueeze(0), 2, 2, 0, /*ceil_mode=*/true).squeeze(0);
  return found;
}

std::vector<Span> spans(int64_t side, int64_t length) {
  const int64_t n = std::max<int64_t>(1, (side + length / 2) / length);
  const auto cut = [&](int64_t i) { return i == n ? side : side * i / n / 2 * 2; };
  std::vector<Span> result;
  for (int64_t i = 0; i < n; ++i) result.push_back({cut(i), cut(i + 1)});
  return result;
}

}  // namespace pentimento
