// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/inpaint.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "errors.h"
#include "imaging/damage.h"
#include "imaging/masks.h"
#include "imaging/metrics.h"
#include "imaging/patch_fill.h"
#include "imaging/sparse_fill.h"

namespace pentimento {
namespace {

using torch::Tensor;

// Stripes, every one eight pixels wide, in three channels of their own.
Tensor stripes(int64_t h, int64_t w) {
  const Tensor x = torch::arange(w, torch::kFloat).view({1, 1, 1, w}), y = torch::arange(h, torch::kFloat).view({h, 1});
  const Tensor phase = torch::arange(3, torch::kFloat).view({1, 3, 1, 1});
  return 0.5 + 0.3 * torch::sin(x * (M_PI / 8) + phase + 0 * y);
}

Tensor no_holes(int64_t h, int64_t w) { return torch::zeros({1, 1, h, w}); }

struct Result {
  Tensor picture;
  std::string notice;
};

Result inpainted(
    const std::vector<Tensor>& inputs, const std::map<std::string, std::string>& texts = {},
    const std::map<std::string, double>& numbers = {{"iterations", 3}},
    const Monitor::Sink& sink = [](const Snapshot&) { return Answer::kContinue; }) {
  Monitor monitor(sink, 0);
  Task task;
  task.inputs = inputs;
  task.monitor = &monitor;
  task.options.set("quality", std::string("fast"));
  task.options.set("device", std::string("cpu"));
  for (const auto& [name, text] : texts) task.options.set(name, text);
  for (const auto& [name, number] : numbers) task.options.set(name, number);
  const Tensor result = inpaint(task);
  return {result, task.notice};
}

std::string refusal(const std::vector<Tensor>& inputs) {
  try {
    inpainted(inputs);
  } catch (const Error& e) {
    EXPECT_EQ(e.status, PENTIMENTO_BAD_INPUT);
    return e.what();
  }
  return "";
}

TEST(Masks, GrowByAChessboardDistance) {
  Tensor mask = no_holes(9, 11);
  mask[0][0][4][5] = 1;
  const Tensor result = grown(mask, 2)[0][0];
  for (int64_t y = 0; y < 9; ++y)
    for (int64_t x = 0; x < 11; ++x)
      EXPECT_EQ(result[y][x].item<float>(), std::max(std::abs(y - 4), std::abs(x - 5)) <= 2 ? 1 : 0);
}

TEST(Masks, AreFeatheredOutwardsAlone) {
  Tensor mask = no_holes(1, 9);
  mask[0][0][0][0] = 1;
  const Tensor ramp = feathered(mask, 3)[0][0][0];
  const double expected[] = {1, 0.75, 0.5, 0.25, 0, 0};
  for (int64_t x = 0; x < 6; ++x) EXPECT_NEAR(ramp[x].item<double>(), expected[x], 1e-6);
}

TEST(Masks, TellHowWideTheirWidestHoleIs) {
  EXPECT_EQ(hole_radius(no_holes(20, 20)), 0);
  for (const int64_t side : {1, 2, 3, 9, 40, 81}) {
    Tensor mask = no_holes(120, 130);
    mask.slice(2, 10, 10 + side).slice(3, 20, 20 + side).fill_(1);
    const int64_t half = (side + 1) / 2;
    EXPECT_GE(hole_radius(mask), half) << side;
    EXPECT_LE(hole_radius(mask), half + half / 4) << side;
  }
}

TEST(Masks, BoxesHoldEveryHoleOnce) {
  Tensor mask = no_holes(200, 300);
  mask.slice(2, 5, 9).slice(3, 7, 20).fill_(1);
  mask.slice(2, 150, 190).slice(3, 200, 201).fill_(1);
  mask.slice(2, 120, 199).slice(3, 280, 300).fill_(1);
  const std::vector<Box> boxes = hole_boxes(mask);
  ASSERT_EQ(boxes.size(), 3u);
  Tensor covered = no_holes(200, 300);
  for (const Box& box : boxes) box.of(covered).add_(1);
  EXPECT_EQ(covered.max().item<float>(), 1);
  EXPECT_EQ((mask * (1 - covered)).max().item<float>(), 0);
  EXPECT_EQ(boxes[0].top, 5);
  EXPECT_EQ(boxes[0].width, 13);
}

TEST(PullPush, KeepsWhatIsKnownAndFillsWithinItsRange) {
  const Tensor picture = stripes(23, 37), known = (torch::rand({1, 1, 23, 37}) > 0.7).to(torch::kFloat);
  const Tensor filled = pull_push(picture, known);
  EXPECT_TRUE(torch::equal(filled * known, picture * known));
  EXPECT_GE(filled.min().item<float>(), picture.min().item<float>() - 1e-5);
  EXPECT_LE(filled.max().item<float>(), picture.max().item<float>() + 1e-5);
  EXPECT_TRUE(torch::allclose(pull_push(torch::full({1, 1, 9, 9}, 0.3), known.slice(2, 0, 9).slice(3, 0, 9)),
                              torch::full({1, 1, 9, 9}, 0.3)));
}

TEST(SparseFill, ContinuesWhatIsSparse) {
  torch::manual_seed(1);
  const Tensor picture = stripes(48, 40), known = (torch::rand({1, 1, 48, 40}) > 0.5).to(torch::kFloat);
  const double start = psnr(pull_push(picture, known), picture);
  for (const int64_t block : {8, 16}) {
    int passes = 0;
    const Tensor filled = sparse_fill(picture, known, block, 2.0 / 255, 12, [&] { ++passes; });
    EXPECT_EQ(passes, 12);
    EXPECT_TRUE(torch::equal(filled * known, picture * known));
    EXPECT_GT(psnr(filled, picture), start + 6) << block;
  }
}

TEST(SparseFill, DoesNotReadTheHoles) {
  const Tensor picture = stripes(30, 30), known = (torch::rand({1, 1, 30, 30}) > 0.4).to(torch::kFloat);
  const Tensor other = picture * known + 9 * (1 - known);
  const auto fill = [&](const Tensor& p) { return sparse_fill(p, known, 16, 0.01, 3, [] {}); };
  EXPECT_TRUE(torch::equal(fill(picture), fill(other)));
}

TEST(PatchFill, CopiesTextureIntoAWideHole) {
  const Tensor picture = stripes(64, 96);
  Tensor known = torch::ones({1, 1, 64, 96});
  known.slice(2, 20, 44).slice(3, 40, 64).fill_(0);
  const Tensor filled = patch_fill(picture, known, {}, 3, [] {});
  EXPECT_TRUE(torch::equal(filled * known, picture * known));
  EXPECT_GT(psnr(filled, picture), 35);
  EXPECT_TRUE(torch::equal(patch_fill(picture * known, known, {}, 3, [] {}), filled)) << "reads the hole";
  EXPECT_TRUE(torch::allclose(patch_fill(picture, torch::zeros_like(known), {}, 3, [] {}), torch::zeros_like(picture)));
}

TEST(Damage, FindsAScratchAndASpeckAndNothingElse) {
  torch::manual_seed(2);
  const Tensor slope = torch::linspace(0.3, 0.7, 90).view({1, 1, 1, 90});
  Tensor picture = slope + 0.01 * torch::randn({1, 3, 80, 90});
  EXPECT_EQ(find_damage(picture, 0.5).sum().item<double>(), 0);
  picture.slice(2, 30, 31).slice(3, 10, 80).fill_(1);
  picture.slice(2, 60, 62).slice(3, 40, 42).fill_(0);
  const Tensor found = find_damage(picture, 0.5)[0][0];
  EXPECT_GT(found.slice(0, 30, 31).slice(1, 10, 80).mean().item<double>(), 0.95);
  EXPECT_EQ(found.slice(0, 60, 62).slice(1, 40, 42).mean().item<double>(), 1);
  EXPECT_LT(found.mean().item<double>(), 0.08);
}

TEST(Inpaint, FillsEveryKindOfHoleAndTouchesNothingElse) {
  const Tensor picture = stripes(72, 80);
  for (const std::string kind : {"auto", "text-and-scratches", "region", "random-pixels"}) {
    Tensor mask = no_holes(72, 80);
    mask.slice(2, 30, 33).fill_(1);
    if (kind == "region") mask.slice(2, 20, 44).slice(3, 30, 50).fill_(1);
    if (kind == "random-pixels") mask = (torch::rand({1, 1, 72, 80}) > 0.5).to(torch::kFloat);
    const Tensor damaged = torch::where(mask > 0, torch::full_like(picture, 7.5), picture);
    const Result result = inpainted({damaged, mask}, {{"kind", kind}});
    EXPECT_TRUE(torch::equal(result.picture * (1 - mask), damaged * (1 - mask))) << kind;
    EXPECT_GT(psnr(result.picture, picture), 24) << kind;
  }
}

TEST(Inpaint, BlendsByASoftMask) {
  const Tensor picture = torch::full({1, 3, 40, 40}, 0.25);
  Tensor mask = no_holes(40, 40), damaged = picture.clone();
  mask.slice(2, 10, 12).fill_(0.5);
  damaged.slice(2, 10, 12).fill_(0.75);
  const Tensor result = inpainted({damaged, mask}).picture;
  EXPECT_NEAR(result.slice(2, 10, 12).mean().item<double>(), 0.5, 0.04);
}

TEST(Inpaint, TakesWhatIsNoNumberForAHole) {
  Tensor picture = stripes(40, 40);
  const Tensor whole = picture.clone();
  picture[0][1][20][20] = std::numeric_limits<float>::quiet_NaN();
  const Tensor result = inpainted({picture}).picture;
  EXPECT_TRUE(torch::isfinite(result).all().item<bool>());
  EXPECT_GT(psnr(result, whole), 40);
}

TEST(Inpaint, SaysWhenThereIsNothingToDo) {
  const Tensor picture = stripes(24, 24);
  const Result empty = inpainted({picture, no_holes(24, 24)});
  EXPECT_TRUE(torch::equal(empty.picture, picture));
  EXPECT_NE(empty.notice, "");
  const Result clean = inpainted({picture}, {}, {{"iterations", 3}, {"find-damage", 1}});
  EXPECT_TRUE(torch::equal(clean.picture, picture));
  EXPECT_NE(clean.notice, empty.notice);
}

TEST(Inpaint, RefusesWhatItCannotFill) {
  const Tensor picture = stripes(24, 24);
  EXPECT_NE(refusal({picture, torch::ones({1, 1, 24, 24})}), "");
  EXPECT_NE(refusal({picture, no_holes(24, 23)}), "");
  EXPECT_NE(refusal({picture, picture}), "");
  EXPECT_NE(refusal({}), "");
}

TEST(Inpaint, ShowsItsMask) {
  Tensor mask = no_holes(24, 24);
  mask[0][0][12][12] = 1;
  const Tensor shown = inpainted({stripes(24, 24), mask}, {{"output", "mask"}}, {{"grow", 1}}).picture;
  EXPECT_TRUE(torch::equal(shown, grown(mask, 1).expand({1, 3, 24, 24})));
}

TEST(Inpaint, KeepsTheBestSoFarAndCancels) {
  const Tensor picture = stripes(40, 40);
  Tensor mask = no_holes(40, 40);
  mask.slice(2, 10, 12).fill_(1);
  const auto keep = [](const Snapshot&) { return Answer::kKeep; };
  const Tensor kept = inpainted({picture, mask}, {}, {}, keep).picture;
  EXPECT_TRUE(torch::equal(kept * (1 - mask), picture * (1 - mask)));
  EXPECT_TRUE(torch::isfinite(kept).all().item<bool>());
  const auto cancel = [](const Snapshot&) { return Answer::kCancel; };
  EXPECT_THROW(inpainted({picture, mask}, {}, {}, cancel), Cancelled);
}

TEST(Inpaint, RepeatsItselfAndFillsTinyPictures) {
  const Tensor picture = stripes(33, 50), mask = (torch::rand({1, 1, 33, 50}) > 0.6).to(torch::kFloat);
  EXPECT_TRUE(torch::equal(inpainted({picture, mask}).picture, inpainted({picture, mask}).picture));
  Tensor one = no_holes(1, 2);
  one[0][0][0][0] = 1;
  EXPECT_TRUE(torch::isfinite(inpainted({stripes(1, 2), one}).picture).all().item<bool>());
}

}  // namespace
}  // namespace pentimento
