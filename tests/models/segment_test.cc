// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/segment.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "errors.h"
#include "imaging/matte.h"
#include "method_run.h"
#include "methods/decomposition.h"

namespace pentimento {
namespace {

using torch::Tensor;

// A speckled orange disc on speckled blue, its edge antialiased, and the mask that made it.
struct Scene {
  Tensor picture, mask;
};

Scene disc(int64_t h, int64_t w, double y, double x, double radius) {
  torch::manual_seed(5);
  const Tensor ys = torch::arange(h, torch::kFloat).view({1, 1, h, 1}), xs = torch::arange(w, torch::kFloat);
  const Tensor mask = (radius + 0.5 - ((ys - y).square() + (xs - x).square()).sqrt()).clamp(0, 1);
  const Tensor front = torch::tensor({0.8f, 0.5f, 0.2f}).view({1, 3, 1, 1}) + 0.05 * torch::randn({1, 1, h, w});
  const Tensor back = torch::tensor({0.2f, 0.4f, 0.7f}).view({1, 3, 1, 1}) + 0.05 * torch::randn({1, 1, h, w});
  return {(mask * front + (1 - mask) * back).clamp(0, 1), mask};
}

Tensor no_strokes(const Tensor& picture) { return torch::full({1, 1, picture.size(2), picture.size(3)}, 0.5); }

// A short line in the middle of the disc, and one along the top.
Tensor strokes_on(const Scene& s, int64_t y, int64_t x) {
  Tensor strokes = no_strokes(s.picture);
  strokes.slice(2, y, y + 2).slice(3, x - 4, x + 5).fill_(1);
  strokes.slice(2, 1, 3).slice(3, 4, 20).fill_(0);
  return strokes;
}

Tensor part(const std::string& output, std::vector<Tensor> inputs, std::map<std::string, double> numbers = {},
            const std::string& quality = "fast") {
  Monitor monitor([](const Snapshot&) { return Answer::kContinue; }, 0);
  Task task;
  task.monitor = &monitor;
  task.inputs = std::move(inputs);
  for (const auto& [name, number] : numbers) task.options.set(name, number);
  task.options.set("output", output);
  task.options.set("quality", quality);
  return find_method("segment")(task);
}

double iou(const Tensor& found, const Tensor& truth) {
  const Tensor a = found.slice(1, 0, 1) > 0.5, b = truth > 0.5;
  return (a & b).sum().item<double>() / (a | b).sum().item<double>();
}

double largest(const Tensor& t) { return t.abs().max().item<double>(); }
Tensor in_8_bits(const Tensor& t) { return (t * 255).round() / 255; }

// One clear sentence with `words` in it.
void expect_refused(const std::vector<Tensor>& inputs, const std::string& words,
                    const std::map<std::string, double>& numbers = {}) {
  try {
    run_method("segment", inputs, numbers);
    FAIL() << words;
  } catch (const Error& e) {
    EXPECT_EQ(e.status, PENTIMENTO_BAD_INPUT);
    EXPECT_NE(std::string(e.what()).find(words), std::string::npos) << e.what();
  }
}

TEST(Segment, TellsADiscFromWhatIsAroundItWithStrokesAndWithout) {
  const Scene s = disc(64, 80, 30, 42, 15);
  const std::map<std::string, double> few = {{"iterations", 5}};
  for (const char* quality : {"fast", "balanced"}) {
    const Tensor mask = part("mask", {s.picture, strokes_on(s, 30, 42)}, few, quality);
    ASSERT_EQ(mask.sizes(), s.picture.sizes());
    EXPECT_GT(iou(mask, s.mask), 0.97) << quality;
    EXPECT_LT(torch::l1_loss(mask.slice(1, 0, 1), s.mask).item<double>(), 0.01) << quality;
    EXPECT_GT(iou(part("mask", {s.picture}, few, quality), s.mask), 0.97) << quality;
    EXPECT_GT(iou(part("mask", {s.picture, no_strokes(s.picture)}, few, quality), s.mask), 0.97) << quality;
  }
}

TEST(Segment, StrokesHold) {
  const Scene s = disc(64, 80, 30, 42, 15);
  Tensor strokes = strokes_on(s, 30, 42);
  strokes.slice(2, 50, 58).slice(3, 60, 70).fill_(1);  // on what looks like background
  const Tensor mask = part("mask", {s.picture, strokes});
  EXPECT_GT(mask.slice(2, 52, 56).slice(3, 62, 68).min().item<float>(), 0.9);
}

TEST(Segment, ThePartsMixToThePictureAlsoIn8Bits) {
  const Scene s = disc(48, 64, 22, 30, 12);
  const Tensor strokes = strokes_on(s, 22, 30);
  const Tensor m = part("mask", {s.picture, strokes}), f = part("foreground", {s.picture, strokes}),
               b = part("background", {s.picture, strokes});
  EXPECT_LT(largest(m * f + (1 - m) * b - s.picture), 1.0 / 1024);
  const Tensor m8 = in_8_bits(m);
  EXPECT_LE(largest(m8 * in_8_bits(f) + (1 - m8) * in_8_bits(b) - s.picture), 1.0 / 255);
  // The foreground keeps its colour behind its edge, and nothing of it is left in the background.
  const Tensor ring = (s.mask > 0.2) * (s.mask < 0.8);
  EXPECT_GT((f.slice(1, 0, 1) * ring).sum().item<double>() / ring.sum().item<double>(), 0.65);
  EXPECT_LT((b.slice(1, 0, 1) * (s.mask > 0.8)).max().item<double>(), 0.5);
}

TEST(Segment, StrokesOnOneFrameServeTheSequence) {
  std::vector<Tensor> pictures, masks;
  for (int64_t f = 0; f < 4; ++f) {
    torch::manual_seed(3);
    Tensor mask = torch::zeros({1, 1, 40, 56});
    mask.slice(2, 12, 26).slice(3, 8 + 7 * f, 22 + 7 * f).fill_(1);
    const Tensor color = torch::tensor({0.7f, 0.3f, 0.3f}).view({1, 3, 1, 1});
    pictures.push_back((mask * color + (1 - mask) * 0.5 + 0.03 * torch::randn({1, 3, 40, 56})).clamp(0, 1));
    masks.push_back(mask);
  }
  const Tensor strip = torch::cat(pictures, 2), truth = torch::cat(masks, 2);
  Tensor strokes = no_strokes(strip);
  strokes.slice(2, 18, 20).slice(3, 11, 19).fill_(1);
  strokes.slice(2, 2, 4).slice(3, 10, 40).fill_(0);
  for (const char* quality : {"fast", "balanced"})
    EXPECT_GT(iou(part("mask", {strip, strokes}, {{"frames", 4}, {"iterations", 4}}, quality), truth), 0.97) << quality;
  EXPECT_THROW(part("mask", {strip, strokes}, {{"frames", 3}}), Error);
}

TEST(Segment, SaysWhatIsWrongWithItsInput) {
  const Scene s = disc(32, 40, 15, 20, 8);
  Tensor white = no_strokes(s.picture);
  white[0][0][15][20] = 1;
  expect_refused({s.picture, white}, "both");
  expect_refused({s.picture, 1 - white}, "both");
  Tensor all = torch::zeros_like(white);
  all[0][0][15][20] = 1;
  expect_refused({s.picture, all}, "whole picture");
  expect_refused({s.picture, no_strokes(disc(32, 41, 15, 20, 8).picture)}, "as large as");
  expect_refused({disc(12, 40, 6, 20, 4).picture}, "too small");
  expect_refused({torch::zeros({1, 3, 1, 1})}, "too small");
  expect_refused({torch::zeros({1, 3, 32, 40})}, "one colour");
  expect_refused({torch::ones({1, 3, 32, 40})}, "one colour");
  expect_refused({s.picture, white, white}, "Segmenting takes");
  expect_refused({s.picture}, "multiple", {{"frames", 3}});
}

TEST(Segment, TakesGreyPicturesWrongNumbersAndValuesOutOfRange) {
  const Scene s = disc(48, 48, 22, 24, 11);
  const Tensor grey = s.picture.slice(1, 0, 1);
  EXPECT_GT(iou(part("mask", {grey.expand({1, 3, 48, 48}), strokes_on(s, 22, 24)}), s.mask), 0.95);
  EXPECT_EQ(part("mask", {grey, strokes_on(s, 22, 24)}).size(1), 1);
  Tensor odd = s.picture.clone();
  odd[0][1][40][40] = std::numeric_limits<float>::quiet_NaN();
  odd.slice(2, 22, 24).slice(3, 22, 24).fill_(3);
  const Tensor front = part("foreground", {odd, strokes_on(s, 22, 24)});
  EXPECT_TRUE(torch::isfinite(front).all().item<bool>());
  EXPECT_NEAR(front[0][0][22][22].item<double>(), 3, 1e-3);
}

TEST(Segment, RepeatsItselfAndStopsWhenAskedTo) {
  const Scene s = disc(48, 64, 22, 30, 12);
  const Tensor strokes = strokes_on(s, 22, 30);
  const std::map<std::string, double> few = {{"iterations", 6}, {"seed", 2}};
  const Tensor a = part("background", {s.picture, strokes}, few, "balanced");
  part("mask", {s.picture}, few, "balanced");  // forgets the first
  EXPECT_TRUE(torch::equal(a, part("background", {s.picture, strokes}, few, "balanced")));
  int64_t shown = 0;
  const auto keep = [&](const Snapshot& r) {
    if (r.estimate.defined()) {
      ++shown;
      EXPECT_EQ(r.estimate.size(3), 3 * 64);
    }
    return Answer::kKeep;
  };
  const Tensor kept = run_method("segment", {s.picture, strokes}, {{"iterations", 100000}}, "best", keep);
  EXPECT_GT(iou(kept, s.mask), 0.95);
  EXPECT_GE(shown, 1);
  EXPECT_THROW(run_method("segment", {s.picture}, {}, "fast", [](const Snapshot&) { return Answer::kCancel; }),
               Cancelled);
}

TEST(Matte, LayersMixExactlyWhateverTheMaskAndTheBackground) {
  torch::manual_seed(1);
  const Tensor picture = torch::rand({1, 3, 20, 24}), mask = (2 * torch::rand({1, 1, 20, 24}) - 0.5).clamp(0, 1);
  const Layers l = mixed_from(picture, mask, torch::rand({1, 3, 20, 24}));
  EXPECT_LT(largest(mask * l.foreground + (1 - mask) * l.background - picture), 5e-4);
  EXPECT_GE(torch::cat({l.foreground, l.background}).min().item<float>(), 0);
  EXPECT_LE(torch::cat({l.foreground, l.background}).max().item<float>(), 1);
}

TEST(Matte, CarriesLabelsUpToTheEdgesOfALargerPicture) {
  const Scene s = disc(160, 160, 80, 77, 50);
  const Tensor labels = (torch::avg_pool2d(s.mask, 4) > 0.5).to(torch::kFloat);
  const Tensor carried = carried_up(labels, s.picture);
  const double blocks = torch::l1_loss(torch::upsample_nearest2d(labels, {160, 160}), s.mask).item<double>();
  EXPECT_LT(torch::l1_loss(carried, s.mask).item<double>(), blocks / 2);
}

}  // namespace
}  // namespace pentimento
