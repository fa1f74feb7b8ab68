// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "errors.h"
#include "imaging/mark_cut.h"
#include "imaging/mark_peel.h"
#include "imaging/mark_tone.h"
#include "imaging/mixtures.h"
#include "losses/exclusion.h"
#include "method_run.h"

namespace pentimento {
namespace {

using torch::Tensor;

double largest(const Tensor& t) { return t.abs().max().item<double>(); }
double error(const Tensor& a, const Tensor& b) { return torch::mse_loss(a, b).item<double>(); }
Tensor in_8_bits(const Tensor& t) { return (t * 255).round() / 255; }

// Boxes of random tones.
Tensor boxes(int64_t h, int64_t w, uint64_t seed, double least = 0, double most = 1) {
  torch::manual_seed(seed);
  Tensor t = torch::full({1, 3, h, w}, 0.5);
  for (int k = 0; k < 40; ++k) {
    const Tensor r = torch::rand({7});
    const auto top = static_cast<int64_t>(r[0].item<double>() * static_cast<double>(h - 6));
    const auto left = static_cast<int64_t>(r[1].item<double>() * static_cast<double>(w - 6));
    const auto size = static_cast<int64_t>(6 + r[2].item<double>() * 30),
               wide = static_cast<int64_t>(6 + r[3].item<double>() * 30);
    t.slice(2, top, top + size).slice(3, left, left + wide) = r.slice(0, 4, 7).view({1, 3, 1, 1});
  }
  return least + (most - least) * t;
}

// A method's output by name, expected to be R'G'B'.
Tensor part(const std::string& method, const std::vector<Tensor>& inputs, const std::string& output,
            const std::map<std::string, double>& numbers = {}, std::string* notice = nullptr,
            const std::string& quality = "fast") {
  Monitor monitor([](const Snapshot&) { return Answer::kContinue; }, 0);
  Task task;
  task.monitor = &monitor;
  task.inputs = inputs;
  for (const auto& [name, number] : numbers) task.options.set(name, number);
  task.options.set("quality", quality);
  task.options.set("output", output);
  const Tensor result = find_method(method)(task);
  if (notice) *notice = task.notice;
  return result;
}

TEST(Exclusion, IsTheMeanOfFourthRootsOfEdgesInCommon) {
  torch::manual_seed(3);
  const Tensor a = torch::rand({1, 2, 8, 12}), b = torch::rand({1, 2, 8, 12});
  double sum = 0;
  Tensor one = a, other = b;
  for (int level = 0; level < 3; ++level) {
    const int64_t h = one.size(2), w = one.size(3);
    for (const bool across : {true, false})
      for (int64_t i = 0; i < 2; ++i)
        for (int64_t j = 0; j < 2; ++j) {
          double mean = 0;
          int64_t n = 0;
          for (int64_t y = 0; y + !across < h; ++y)
            for (int64_t x = 0; x + across < w; ++x, ++n) {
              const auto squashed = [&](const Tensor& t, int64_t c) {
                const double g = (t[0][c][y + !across][x + across] - t[0][c][y][x]).item<double>();
                return 2 / (1 + std::exp(-g)) - 1;
              };
              mean += std::pow(squashed(one, i) * squashed(other, j), 2);
            }
          sum += std::pow(mean / static_cast<double>(n), 0.25) / (4 * 3) / 2;
        }
    one = torch::avg_pool2d(one, 2);
    other = torch::avg_pool2d(other, 2);
  }
  EXPECT_NEAR(exclusion_loss(a, b).item<double>(), sum, 1e-4);
  EXPECT_LT(exclusion_loss(a, torch::full_like(a, 0.3)).item<double>(), 2e-3);
}

TEST(Exclusion, HasAGradientWhereALayerIsFlat) {
  const Tensor flat = torch::full({1, 3, 16, 16}, 0.5).requires_grad_(true);
  exclusion_loss(flat, boxes(16, 16, 1)).backward();
  EXPECT_TRUE(torch::isfinite(flat.grad()).all().item<bool>());
}

TEST(Mixtures, TwoOfThemTellTheirLayers) {
  const Tensor r = boxes(96, 96, 1), t = boxes(96, 96, 2);
  const Tensor one = in_8_bits(0.35 * r + 0.65 * t), other = in_8_bits(0.6 * r + 0.4 * t);
  const std::optional<Shares> shares = unmix(one, other);
  ASSERT_TRUE(shares);
  EXPECT_LT(largest(shares->first + shares->second - one), 1e-4);
  const bool straight = error(shares->first, 0.35 * r) < error(shares->second, 0.35 * r);
  EXPECT_LT(error(straight ? shares->first : shares->second, 0.35 * r), 1e-4);
  EXPECT_NEAR(*shares->weight, straight ? 0.35 : 0.65, 0.02);
  EXPECT_FALSE(unmix(one, 0.8 * one));
  EXPECT_FALSE(unmix(torch::full_like(one, 0.2), torch::full_like(one, 0.4)));
}

TEST(Mixtures, LayersBlendToThePictureWhateverTheyWere) {
  torch::manual_seed(5);
  const Tensor picture = torch::rand({1, 3, 20, 20});
  for (const double weight : {26.0 / 255, 128.0 / 255, 200.0 / 255}) {
    const Layers layers =
        blended_to({2 * torch::rand({1, 3, 20, 20}) - 0.5, torch::rand({1, 3, 20, 20}), weight}, picture);
    EXPECT_LT(largest(weight * layers.first + (1 - weight) * layers.second - picture), 1e-5);
    EXPECT_EQ(largest(layers.first - layers.first.clamp(0, 1)) + largest(layers.second - layers.second.clamp(0, 1)), 0);
  }
}

TEST(SeparateLayers, GivesTwoLayersAndAMaskThatBlendToThePicture) {
  const Tensor r = boxes(64, 80, 1), t = boxes(64, 80, 2);
  const Tensor one = in_8_bits(0.35 * r + 0.65 * t), other = in_8_bits(0.6 * r + 0.4 * t);
  for (const auto& inputs : {std::vector<Tensor>{one, other}, std::vector<Tensor>{one}})
    for (const double iterations : {0.0, 3.0}) {
      const auto get = [&](const char* output) {
        return part("separate-layers", inputs, output, {{"iterations", iterations}});
      };
      const Tensor first = get("layer-1"), second = get("layer-2"), mask = get("mask");
      ASSERT_EQ(first.sizes(), one.sizes());
      EXPECT_EQ(largest(mask - mask[0][0][0][0]), 0);
      const Tensor m = in_8_bits(mask), blend = m * in_8_bits(first) + (1 - m) * in_8_bits(second);
      EXPECT_LT(largest(blend - one), 1.001 / 255);
      const Tensor swapped = part("separate-layers", inputs, "layer-2", {{"iterations", iterations}, {"swap", 1}});
      if (iterations == 0) {
        EXPECT_LT(largest(swapped - first), 1e-6);
      }
      if (inputs.size() == 2) {
        EXPECT_LT(std::min(error(first, r), error(first, t)) + std::min(error(second, r), error(second, t)), 2e-3);
      }
    }
}

TEST(SeparateLayers, RefusesWhatHasNoTwoLayers) {
  const Tensor a = boxes(32, 32, 1), flat = torch::full({1, 3, 32, 32}, 0.5);
  for (const auto& inputs :
       {std::vector<Tensor>{a, a}, std::vector<Tensor>{a, 0.5 * a}, std::vector<Tensor>{a, boxes(32, 40, 2)},
        std::vector<Tensor>{flat}, std::vector<Tensor>{0 * flat}, std::vector<Tensor>{2 * flat},
        std::vector<Tensor>{a.slice(2, 0, 8)}, std::vector<Tensor>{torch::rand({1, 3, 1, 1})}}) {
    try {
      part("separate-layers", inputs, "layer-1");
      ADD_FAILURE() << inputs[0].sizes();
    } catch (const Error& e) {
      EXPECT_EQ(e.status, PENTIMENTO_BAD_INPUT);
    }
  }
}

TEST(SeparateLayers, TakesGreyPicturesAndWrongNumbers) {
  Tensor a = boxes(40, 48, 1).slice(1, 0, 1).expand({1, 3, 40, 48}).contiguous();
  a[0][1][3][3] = std::numeric_limits<float>::quiet_NaN();
  std::string notice;
  EXPECT_TRUE(torch::isfinite(part("separate-layers", {a}, "layer-1", {}, &notice)).all().item<bool>());
  EXPECT_FALSE(notice.empty());
}

// A white mark: a cross and a frame, half covered along its left sides.
Tensor mark(int64_t h, int64_t w) {
  Tensor t = torch::zeros({1, 1, h, w});
  const auto fill = [&](int64_t y0, int64_t y1, int64_t x0, int64_t x1) { t.slice(2, y0, y1).slice(3, x0, x1) = 1; };
  fill(h / 2 - 3, h / 2 + 3, w / 4, 3 * w / 4);
  fill(h / 4, 3 * h / 4, w / 2 - 4, w / 2 + 4);
  fill(h / 4, 3 * h / 4, w / 4, w / 4 + 7);
  fill(h / 4, 3 * h / 4, 3 * w / 4 - 7, 3 * w / 4);
  const Tensor left = torch::roll(t, -1, 3);
  return torch::maximum(t, 0.5 * left);
}

Tensor hint_box(int64_t h, int64_t w) {
  Tensor t = torch::zeros({1, 1, h, w});
  t.slice(2, h / 4 - 6, 3 * h / 4 + 6).slice(3, w / 4 - 6, 3 * w / 4 + 6) = 1;
  return t;
}

TEST(Watermark, ItsToneAndShapeAreFound) {
  const Tensor clean = boxes(96, 128, 4, 0.1, 0.7), shape = mark(96, 128), hint = hint_box(96, 128);
  const Tensor marked = in_8_bits(0.4 * shape + (1 - 0.4 * shape) * clean);
  const std::vector<Tone> tones = find_tones(marked, hint, 0);
  ASSERT_FALSE(tones.empty());
  EXPECT_NEAR(tones[0].opacity, 0.4, 0.05);
  EXPECT_LT(largest(tones[0].color - 1), 0.1);
  const MarkCut cut = cut_mark({0.4, torch::ones({3})}, marked, hint, 1.2);
  EXPECT_EQ(largest(cut.coverage * (1 - hint)), 0);
  EXPECT_GT(cut.agreement, 0.5);
  const Tensor sure = (shape == 0) | (shape == 1);
  EXPECT_LT(((cut.coverage - shape).abs() > 0.5).logical_and(sure).to(torch::kFloat).mean().item<double>(), 0.004);
  const Tone refitted = refitted_tone({0.5, torch::full({3}, 0.8)}, marked, cut.coverage);
  EXPECT_NEAR(refitted.opacity, 0.4, 0.02);
  EXPECT_LT(largest(refitted.color - 1), 0.05);
  // Another tone vanishes less.
  EXPECT_LT(cut_mark({0.2, torch::ones({3})}, marked, hint, 1.2).gain, cut.gain);
  EXPECT_LT(cut_mark({0.6, torch::ones({3})}, marked, hint, 1.2).gain, cut.gain);
}

// All coverages of a tiny picture, one by one.
TEST(Watermark, NoOtherCoverageGainsMore) {
  torch::manual_seed(8);
  const Tensor shape = torch::zeros({1, 1, 2, 8}), hint = torch::ones({1, 1, 2, 8});
  shape.slice(3, 3, 7) = 1;
  const Tensor clean = 0.3 + 0.1 * torch::rand({1, 1, 2, 8}), marked = 0.5 * shape + (1 - 0.5 * shape) * clean;
  const Tone tone = {0.5, torch::ones({1})};
  const MarkCut cut = cut_mark(tone, marked, hint, 1);
  const Tensor off = without_mark(marked, tone, torch::full({1, 1, 1, 1}, 0.5));
  const auto cost = [&](int64_t labels) {
    const auto label = [&](int64_t y, int64_t x) { return labels >> (y * 8 + x) & 1; };
    const auto sample = [&](int64_t y, int64_t x) { return (label(y, x) ? off : marked)[0][0][y][x].item<double>(); };
    double sum = 0;
    for (int64_t y = 0; y < 2; ++y)
      for (int64_t x = 0; x < 8; ++x) {
        if (label(y, x)) sum += 4 * std::max(-off[0][0][y][x].item<double>() - 3.0 / 255, 0.0);
        if (x + 2 < 8)
          sum += label(y, x) == label(y, x + 2)
                     ? std::abs(marked[0][0][y][x].item<double>() - marked[0][0][y][x + 2].item<double>())
                     : std::abs(sample(y, x) - sample(y, x + 2)) + 1.0 / 255;
      }
    // The lattices' chain: top left, top right, bottom left, bottom right of every block.
    for (int64_t x = 0; x < 8; x += 2)
      sum += 0.5 / 255 *
             static_cast<double>((label(0, x) != label(0, x + 1)) + (label(0, x + 1) != label(1, x)) +
                                 (label(1, x) != label(1, x + 1)));
    return sum;
  };
  int64_t found = 0;
  for (int64_t i = 0; i < 16; ++i) found |= (cut.coverage[0][0][i / 8][i % 8].item<float>() > 0.5 ? 1 : 0) << i;
  const double reached = cost(found);
  for (int64_t labels = 0; labels < 1 << 16; labels += 7) ASSERT_GE(cost(labels), reached - 1e-3) << labels;
}

TEST(Watermark, IsTakenOffAndTheRestKeepsItsBits) {
  const Tensor clean = boxes(96, 128, 4, 0.1, 0.7), opacity = 0.4 * mark(96, 128), hint = hint_box(96, 128);
  Tensor marked = in_8_bits(opacity + (1 - opacity) * clean);
  marked[0][0][1][1] = 1.75;  // beyond 1, and out of the hint
  const Tensor result = part("remove-watermark", {marked, hint}, "picture");
  const Tensor inside = (opacity > 0).expand_as(clean), outside = (hint == 0).expand_as(clean);
  EXPECT_TRUE(torch::equal(result.masked_select(outside), marked.masked_select(outside)));
  EXPECT_LT(error(result.masked_select(inside), clean.masked_select(inside)), 1e-3);
  EXPECT_LT(error(result.masked_select(inside), clean.masked_select(inside)),
            error(marked.masked_select(inside), clean.masked_select(inside)) / 20);
}

TEST(Watermark, PartsBlendToTheMarkedPicture) {
  const Tensor clean = boxes(96, 128, 4, 0.1, 0.7), opacity = 0.4 * mark(96, 128), hint = hint_box(96, 128);
  const Tensor marked = in_8_bits(opacity + (1 - opacity) * clean);
  for (const double iterations : {0.0, 2.0}) {
    const auto get = [&](const char* output) {
      return in_8_bits(part("remove-watermark", {marked, hint}, output, {{"iterations", iterations}}));
    };
    const Tensor m = get("mask");
    EXPECT_GT(largest(m), 0.3);
    EXPECT_LT(largest(m * get("watermark") + (1 - m) * get("picture") - marked), 1.001 / 255);
  }
}

TEST(Watermark, SeveralPicturesTellItWithoutAHint) {
  const Tensor opacity = 0.5 * mark(96, 128);
  std::vector<Tensor> clean;
  for (uint64_t k = 0; k < 4; ++k) clean.push_back(boxes(96, 128, 10 + k, 0.1, 0.7));
  const Tensor frames = torch::cat(clean), marked = in_8_bits(opacity + (1 - opacity) * frames);
  const auto strip = [](const Tensor& t) { return t.transpose(0, 1).reshape({1, 3, -1, t.size(3)}); };
  const Tensor result = part("remove-watermark", {strip(marked)}, "picture", {{"frames", 4}});
  const Tensor inside = strip(opacity.expand({4, 3, -1, -1})) > 0;
  EXPECT_LT(error(result.masked_select(inside), strip(frames).masked_select(inside)), 2e-3);
  EXPECT_THROW(part("remove-watermark", {strip(marked)}, "picture", {{"frames", 2}}), Error);
  EXPECT_THROW(part("remove-watermark", {strip(marked)}, "picture", {{"frames", 5}}), Error);
}

TEST(Watermark, SaysWhereThereIsNothingToDo) {
  const Tensor picture = boxes(64, 64, 3), none = torch::zeros({1, 1, 64, 64});
  std::string notice;
  EXPECT_TRUE(torch::equal(part("remove-watermark", {picture, none}, "picture", {}, &notice), picture));
  EXPECT_NE(notice.find("empty"), std::string::npos);
  const Tensor flat = torch::full({1, 3, 64, 64}, 0.5);
  EXPECT_TRUE(torch::equal(part("remove-watermark", {flat, hint_box(64, 64)}, "picture", {}, &notice), flat));
  EXPECT_NE(notice.find("No watermark"), std::string::npos);
  EXPECT_EQ(largest(part("remove-watermark", {flat, hint_box(64, 64)}, "mask")), 0);
  EXPECT_THROW(part("remove-watermark", {picture}, "picture"), Error);
  EXPECT_THROW(part("remove-watermark", {picture, none + 1}, "picture"), Error);
  EXPECT_THROW(part("remove-watermark", {picture, torch::zeros({1, 1, 64, 63})}, "picture"), Error);
  EXPECT_THROW(part("remove-watermark", {torch::rand({1, 3, 1, 1}), torch::ones({1, 1, 1, 1})}, "picture"), Error);
}

}  // namespace
}  // namespace pentimento
