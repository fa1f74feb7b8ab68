// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/mark_tone.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "imaging/masks.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kReach = 3;         // between the pixels of a pair: antialiasing lies in between
constexpr int64_t kMostPairs = 2500;  // that hypotheses are tested on
constexpr int64_t kHypotheses = 8000;
constexpr float kEdge = 10.0f / 255;   // a pair differs by that much at least
constexpr float kApart = 25.0f / 255;  // and two pairs lie that far apart, to tell a line
constexpr float kTolerance = 4.0f / 255, kMostTolerance = 12.0f / 255;
constexpr float kLeastOpacity = 0.1f, kMostOpacity = 0.95f;
constexpr double kLeastShare = 0.03;       // of the hint's edges that must be the mark's
constexpr double kOftenerThanOutside = 3;  // than among the edges around it
constexpr double kNeutral = 1.3;           // marks without a colour are commoner than others
constexpr size_t kRefined = 24;            // of the best lines
constexpr double kAlike = 0.15;            // two tones that are one
constexpr size_t kMostTones = 4;
constexpr int64_t kLeastPairs = 24;
constexpr int64_t kMostChannels = 4;

// Samples of two near pixels in every picture.
struct Pairs {
  int64_t channels = 0, frames = 0, count = 0;
  float tolerance = kTolerance;
  std::vector<float> a, b;  // count x frames x channels

  float of(const std::vector<float>& side, int64_t pair, int64_t frame, int64_t channel) const {
    return side[static_cast<size_t>((pair * frames + frame) * channels + channel)];
  }
};

struct Line {
  float slope = 1;
  float offset[kMostChannels] = {};
};

// How much pixels kReach apart differ by texture alone: the median over what is not marked.
float texture_of(const Tensor& pictures, const Tensor& where) {
  const Tensor difference =
      (pictures.slice(3, kReach) - pictures.slice(3, 0, -kReach)).square().mean(torch::IntArrayRef{0, 1}).sqrt();
  const Tensor index = torch::nonzero(where[0][0].slice(1, kReach).flatten() > 0.5).flatten();
  if (index.numel() == 0) return kTolerance;
  return std::clamp(difference.flatten().index_select(0, index).median().item<float>(), kTolerance, kMostTolerance);
}

// All pairs kReach apart, across and down, with both pixels in `where`, that differ in some picture: evenly thinned.
Pairs pairs_in(const Tensor& pictures, const Tensor& where, float texture) {
  std::vector<Tensor> a, b;
  for (const int64_t axis : {3, 2}) {
    const int64_t n = pictures.size(axis);
    if (n <= kReach) continue;
    const auto near = [&](const Tensor& t) { return t.slice(axis, 0, n - kReach); };
    const auto far = [&](const Tensor& t) { return t.slice(axis, kReach, n); };
    const Tensor differs = (near(pictures) - far(pictures)).abs().amax(torch::IntArrayRef{0, 1}) > kEdge;
    const Tensor index =
        torch::nonzero((differs & (near(where)[0][0] > 0.5) & (far(where)[0][0] > 0.5)).flatten()).flatten();
    a.push_back(near(pictures).flatten(2).index_select(2, index));
    b.push_back(far(pictures).flatten(2).index_select(2, index));
  }
  Pairs pairs;
  pairs.channels = pictures.size(1), pairs.frames = pictures.size(0);
  if (a.empty()) return pairs;
  pairs.tolerance = texture;
  const Tensor all_a = torch::cat(a, 2).permute({2, 0, 1}), all_b = torch::cat(b, 2).permute({2, 0, 1});
  const int64_t step = std::max<int64_t>(1, (all_a.size(0) + kMostPairs - 1) / kMostPairs);
  const auto samples = [&](const Tensor& t) {
    const Tensor kept = t.slice(0, 0, t.size(0), step).contiguous();
    pairs.count = kept.size(0);
    const float* data = kept.const_data_ptr<float>();
    return std::vector<float>(data, data + kept.numel());
  };
  pairs.a = samples(all_a);
  pairs.b = samples(all_b);
  return pairs;
}

// How well the pair lies on the line with `marked` as its marked side: 1 for exactly, 0 for not at all.
float agreement(const Line& line, const Pairs& pairs, int64_t i, const std::vector<float>& marked,
                const std::vector<float>& clean) {
  const float variance = pairs.tolerance * pairs.tolerance;
  float agreed = 0;  // in one picture texture may lie under the rim, but hardly in all
  for (int64_t f = 0; f < pairs.frames; ++f) {
    float sum = 0;
    for (int64_t c = 0; c < pairs.channels; ++c) {
      const float miss = pairs.of(marked, i, f, c) - line.slope * pairs.of(clean, i, f, c) - line.offset[c];
      sum += miss * miss;
    }
    const float mean = sum / static_cast<float>(pairs.channels);
    agreed += mean < 9 * variance ? std::exp(-mean / (2 * variance)) : 0;
  }
  return agreed / static_cast<float>(pairs.frames);
}

// Whether the mark would be white, grey or black.
bool neutral(const Line& line, int64_t channels) {
  const auto [least, most] = std::minmax_element(line.offset, line.offset + channels);
  return *most - *least < 0.06f * (1 - line.slope);
}

double share_on(const Line& line, const Pairs& pairs) {
  double sum = 0;
  for (int64_t i = 0; i < pairs.count; ++i)
    sum += std::max(agreement(line, pairs, i, pairs.a, pairs.b), agreement(line, pairs, i, pairs.b, pairs.a));
  return sum / static_cast<double>(std::max<int64_t>(pairs.count, 1));
}

bool plausible(const Line& line, int64_t channels) {
  if (line.slope < 1 - kMostOpacity || line.slope > 1 - kLeastOpacity) return false;
  for (int64_t c = 0; c < channels; ++c) {
    const float color = line.offset[c] / (1 - line.slope);
    if (color < -0.03f || color > 1.03f) return false;
  }
  return true;
}

// The line through two pairs, each with either side as the marked one; implausible where they tell none.
Line line_through(const Pairs& pairs, std::mt19937_64& random) {
  const auto draw = [&](int64_t n) { return static_cast<int64_t>(random() % static_cast<uint64_t>(n)); };
  const int64_t i = draw(pairs.count), j = draw(pairs.count), f = draw(pairs.frames), g = draw(pairs.frames);
  const bool turned = random() & 1, other_turned = random() & 1;
  float dot = 0, square = 0, dm[kMostChannels], m[kMostChannels], u[kMostChannels];
  for (int64_t c = 0; c < pairs.channels; ++c) {
    m[c] = pairs.of(turned ? pairs.b : pairs.a, i, f, c);
    u[c] = pairs.of(turned ? pairs.a : pairs.b, i, f, c);
    dm[c] = m[c] - pairs.of(other_turned ? pairs.b : pairs.a, j, g, c);
    const float du = u[c] - pairs.of(other_turned ? pairs.a : pairs.b, j, g, c);
    dot += dm[c] * du;
    square += du * du;
  }
  Line line;
  if (square < kApart * kApart) return line;
  line.slope = dot / square;
  for (int64_t c = 0; c < pairs.channels; ++c) line.offset[c] = m[c] - line.slope * u[c];
  return line;
}

// Fitted to the pairs, each with its better side as the marked one. The two sides differ by texture, as much on the one
// as on the other: the ratio of their deviations tells the slope without bias, where least squares would find too
// little.
Line fitted_line(const Line& line, const Pairs& pairs) {
  const auto channels = static_cast<size_t>(pairs.channels);
  std::vector<double> sum_m(channels), sum_u(channels), sum_uu(channels), sum_mm(channels);
  double weights = 0;
  for (int64_t i = 0; i < pairs.count; ++i) {
    const float ab = agreement(line, pairs, i, pairs.a, pairs.b), ba = agreement(line, pairs, i, pairs.b, pairs.a);
    const double w = std::max(ab, ba);
    if (w < 0.01) continue;
    for (int64_t f = 0; f < pairs.frames; ++f) {
      weights += w;
      for (size_t c = 0; c < channels; ++c) {
        const double m = pairs.of(ab >= ba ? pairs.a : pairs.b, i, f, static_cast<int64_t>(c));
        const double u = pairs.of(ab >= ba ? pairs.b : pairs.a, i, f, static_cast<int64_t>(c));
        sum_m[c] += w * m, sum_u[c] += w * u, sum_uu[c] += w * u * u, sum_mm[c] += w * m * m;
      }
    }
  }
  if (weights < 1) return line;
  double marked = 0, variance = 1e-6;
  for (size_t c = 0; c < channels; ++c) {
    marked += sum_mm[c] - sum_m[c] * sum_m[c] / weights;
    variance += sum_uu[c] - sum_u[c] * sum_u[c] / weights;
  }
  Line fitted;
  fitted.slope = static_cast<float>(std::sqrt(std::max(marked, 0.0) / variance));
  for (size_t c = 0; c < channels; ++c)
    fitted.offset[c] = static_cast<float>((sum_m[c] - fitted.slope * sum_u[c]) / weights);
  // Pairs of a single colour tell no slope.
  return variance / weights > 1e-4 && plausible(fitted, pairs.channels) ? fitted : line;
}

Tone tone_of(const Line& line, int64_t channels) {
  Tone tone = {1 - line.slope, torch::empty({channels})};
  for (int64_t c = 0; c < channels; ++c)
    tone.color[c] = std::clamp(line.offset[c] / static_cast<float>(tone.opacity), 0.0f, 1.0f);
  return tone;
}

bool alike(const Tone& a, const Tone& b) {
  return std::abs(a.opacity - b.opacity) + (a.color - b.color).abs().max().item<double>() < kAlike;
}

Tensor as_plane(const Tensor& color) { return color.view({1, -1, 1, 1}); }

}  // namespace

std::vector<Tone> find_tones(const Tensor& pictures, const Tensor& hint, uint64_t seed) {
  if (pictures.size(3) <= kReach) return {};
  const float texture = texture_of(pictures, hint);
  const Pairs inside = pairs_in(pictures, hint, texture), outside = pairs_in(pictures, 1 - hint, texture);
  if (inside.count < kLeastPairs) return {};
  std::mt19937_64 random(seed);
  std::vector<std::pair<double, Line>> found;
  const auto consider = [&](const Line& line) {
    if (!plausible(line, pictures.size(1))) return;
    const double favour = neutral(line, pictures.size(1)) ? kNeutral : 1, share = favour * share_on(line, inside);
    if (share < kLeastShare || (!found.empty() && share < found.front().first / 2)) return;
    const double own = share - kOftenerThanOutside * share_on(line, outside);
    if (own <= 0) return;
    found.emplace_back(own, line);
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    if (found.size() > kRefined) found.pop_back();
  };
  for (int grey = 0; grey <= 10; ++grey)
    for (float opacity = 0.1f; opacity < 0.93f; opacity += 0.02f) {
      Line line;
      line.slope = 1 - opacity;
      std::fill(line.offset, line.offset + kMostChannels, opacity * static_cast<float>(grey) / 10);
      consider(line);
    }
  for (int64_t i = 0; i < kHypotheses; ++i) consider(line_through(inside, random));
  const std::vector<std::pair<double, Line>> first = found;
  for (const auto& [own, line] : first) {
    Line fitted = line;
    for (int i = 0; i < 5; ++i) fitted = fitted_line(fitted, inside);
    consider(fitted);
  }
  std::vector<Tone> tones;
  for (const auto& [own, line] : found) {
    if (tones.size() == kMostTones) break;
    const Tone tone = tone_of(line, pictures.size(1));
    if (std::none_of(tones.begin(), tones.end(), [&](const Tone& t) { return alike(t, tone); })) tones.push_back(tone);
  }
  return tones;
}

Tensor without_mark(const Tensor& pictures, const Tone& tone, const Tensor& opacity) {
  return (pictures - opacity * as_plane(tone.color)) / (1 - opacity);
}

}  // namespace pentimento
