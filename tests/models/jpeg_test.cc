// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "errors.h"
#include "imaging/guided_filter.h"
#include "imaging/jpeg_blockiness.h"
#include "imaging/jpeg_planes.h"
#include "imaging/jpeg_quantised.h"
#include "imaging/jpeg_shrinkage.h"
#include "imaging/jpeg_tables.h"
#include "imaging/jpeg_traces.h"
#include "imaging/metrics.h"
#include "methods/remove_jpeg_artifacts.h"

namespace pentimento {
namespace {

using torch::Tensor;
using Plane = std::vector<std::vector<double>>;

double basis(int64_t k, int64_t x) {
  return (k == 0 ? std::sqrt(1.0 / 8) : 0.5) *
         std::cos(std::numbers::pi / 8 * (static_cast<double>(x) + 0.5) * static_cast<double>(k));
}

// One block of samples around 0, quantised as T.81 defines it.
void quantise_block(Plane& plane, size_t top, size_t left, const Tensor& table) {
  double c[8][8], pixels[8][8] = {};
  for (int64_t k = 0; k < 8; ++k)
    for (int64_t l = 0; l < 8; ++l) {
      double sum = 0;
      for (int64_t y = 0; y < 8; ++y)
        for (int64_t x = 0; x < 8; ++x)
          sum += basis(k, y) * basis(l, x) * plane[top + static_cast<size_t>(y)][left + static_cast<size_t>(x)];
      const double step = table[k][l].item<double>();
      c[k][l] = step * std::round(sum / step);
    }
  for (int64_t y = 0; y < 8; ++y)
    for (int64_t x = 0; x < 8; ++x)
      for (int64_t k = 0; k < 8; ++k)
        for (int64_t l = 0; l < 8; ++l) pixels[y][x] += basis(k, y) * basis(l, x) * c[k][l];
  for (size_t y = 0; y < 8; ++y)
    for (size_t x = 0; x < 8; ++x) plane[top + y][left + x] = pixels[y][x];
}

void quantise(Plane& plane, const Tensor& table) {
  for (size_t y = 0; y < plane.size(); y += 8)
    for (size_t x = 0; x < plane[0].size(); x += 8) quantise_block(plane, y, x, table);
}

// The triangle filter of libjpeg, sample by sample.
double enlarged(const Plane& p, size_t y, size_t x) {
  const auto at = [&](size_t i, size_t j) { return p[std::min(i, p.size() - 1)][std::min(j, p[0].size() - 1)]; };
  const auto other = [](size_t i) { return i % 2 ? i / 2 + 1 : i == 0 ? 0 : i / 2 - 1; };
  return (9 * at(y / 2, x / 2) + 3 * at(other(y), x / 2) + 3 * at(y / 2, other(x)) + at(other(y), other(x))) / 16;
}

// Encodes and decodes a picture, 1 x C x H x W, sides multiples of 16.
Tensor through_jpeg(const Tensor& picture, const Tensor& luma, const Tensor& chroma, bool halved) {
  const size_t h = static_cast<size_t>(picture.size(2)), w = static_cast<size_t>(picture.size(3));
  const auto value = [&](int64_t c, size_t y, size_t x) {
    return std::round(255 * picture[0][c][static_cast<int64_t>(y)][static_cast<int64_t>(x)].item<double>());
  };
  const bool colour = picture.size(1) == 3;
  std::vector<Plane> planes(colour ? 3 : 1, Plane(h, std::vector<double>(w)));
  for (size_t y = 0; y < h; ++y)
    for (size_t x = 0; x < w; ++x) {
      const double r = value(0, y, x), g = colour ? value(1, y, x) : r, b = colour ? value(2, y, x) : r;
      const double luminance = 0.299 * r + 0.587 * g + 0.114 * b;
      planes[0][y][x] = luminance - 128;
      if (colour) planes[1][y][x] = (b - luminance) / 1.772, planes[2][y][x] = (r - luminance) / 1.402;
    }
  quantise(planes[0], luma);
  for (size_t k = 1; k < planes.size(); ++k) {
    if (!halved) {
      quantise(planes[k], chroma);
      continue;
    }
    Plane half(h / 2, std::vector<double>(w / 2));
    for (size_t y = 0; y < h / 2; ++y)
      for (size_t x = 0; x < w / 2; ++x)
        half[y][x] = (planes[k][2 * y][2 * x] + planes[k][2 * y][2 * x + 1] + planes[k][2 * y + 1][2 * x] +
                      planes[k][2 * y + 1][2 * x + 1]) /
                     4;
    quantise(half, chroma);
    for (size_t y = 0; y < h; ++y)
      for (size_t x = 0; x < w; ++x) planes[k][y][x] = std::round(enlarged(half, y, x));
  }
  Tensor result = torch::zeros_like(picture);
  auto out = result.accessor<float, 4>();
  for (size_t y = 0; y < h; ++y)
    for (size_t x = 0; x < w; ++x) {
      const double l = planes[0][y][x] + 128, b = colour ? planes[1][y][x] : 0, r = colour ? planes[2][y][x] : 0;
      const double rgb[3] = {l + 1.402 * r, l - (0.114 * 1.772 * b + 0.299 * 1.402 * r) / 0.587, l + 1.772 * b};
      for (int64_t c = 0; c < picture.size(1); ++c)
        out[0][c][static_cast<int64_t>(y)][static_cast<int64_t>(x)] =
            static_cast<float>(std::clamp(std::round(colour ? rgb[c] : l), 0.0, 255.0) / 255);
    }
  return result;
}

// Edges, waves and some grain, away from black and white.
Tensor scene(int64_t channels, int64_t h, int64_t w) {
  torch::manual_seed(3);
  const Tensor y = torch::arange(h).view({1, 1, h, 1}) / 96.0, x = torch::arange(w).view({1, 1, 1, w}) / 96.0;
  const Tensor wave = 0.5 + 0.15 * torch::sin(40 * x * y + 9 * x);
  const Tensor disc = ((x - 0.5).square() + (y - 0.4).square() < 0.08).to(torch::kFloat);
  const Tensor picture = torch::cat({wave + 0.1 * disc, wave - 0.2 * disc, 0.35 + 0.3 * disc + 0 * wave}, 1);
  return (picture + 0.02 * torch::randn({1, 1, h, w})).clamp(0.05, 0.95).slice(1, 0, channels).contiguous();
}

TEST(JpegTables, AreThoseOfTheStandardScaled) {
  EXPECT_EQ(jpeg_table(50, false)[0][0].item<double>(), 16);
  EXPECT_EQ(jpeg_table(50, false)[7][6].item<double>(), 103);
  EXPECT_EQ(jpeg_table(10, false)[0][0].item<double>(), 80);
  EXPECT_EQ(jpeg_table(75, true)[0][3].item<double>(), 24);
  EXPECT_EQ(jpeg_table(100, false).max().item<double>(), 1);
  EXPECT_EQ(jpeg_table(1, true).max().item<double>(), 255);
}

TEST(JpegPlanes, ComeBack) {
  const Tensor picture = torch::rand({1, 3, 16, 32});
  EXPECT_LT((from_ycc(to_ycc(picture)) - picture).abs().max().item<double>(), 1e-5);
  EXPECT_LT((from_blocks(to_blocks(picture[0][0])) - picture[0][0]).abs().max().item<double>(), 1e-5);
  const Tensor samples = torch::rand({9, 12});
  for (const Sampling s : {Sampling{2, 2}, Sampling{1, 2}, Sampling{1, 1}})
    EXPECT_LT((undo_upsample(upsample(samples, s), s) - samples).abs().max().item<double>(), 2e-3);
}

TEST(JpegTraces, GridTableAndSamplingAreFoundAfterCropping) {
  const Tensor luma = jpeg_table(30, false), chroma = jpeg_table(30, true);
  const Tensor full = through_jpeg(scene(3, 128, 144), luma, chroma, false);
  const Tensor half = through_jpeg(scene(3, 128, 144), luma, chroma, true);
  for (const auto& [top, left] : std::vector<std::pair<int64_t, int64_t>>{{0, 0}, {3, 13}}) {
    const auto cropped = [&, top = top, left = left](const Tensor& p) { return p.slice(2, top).slice(3, left); };
    const auto a = find_jpeg(cropped(full));
    ASSERT_TRUE(a);
    EXPECT_EQ(a->top, (8 - top % 8) % 8);
    EXPECT_EQ(a->left, (8 - left % 8) % 8);
    EXPECT_EQ(a->quality, 30);
    EXPECT_TRUE(torch::equal(a->luma_table, luma));
    EXPECT_TRUE(a->chroma_table.defined() && a->chroma.full());
    const auto b = find_jpeg(cropped(half));
    ASSERT_TRUE(b);
    EXPECT_TRUE(b->chroma_table.defined());
    EXPECT_EQ(b->chroma.down, 2);
    EXPECT_EQ(b->chroma.across, 2);
    EXPECT_EQ(b->top, (16 - top) % 16);
    EXPECT_EQ(b->left, (16 - left) % 16);
  }
}

TEST(JpegTraces, ATableOfAnotherKindIsFoundWhereItWasUsed) {
  const Tensor own = 6 + (torch::arange(64) % 7).view({8, 8}).to(torch::kFloat);
  const auto traces = find_jpeg(through_jpeg(scene(1, 128, 128), own, own, false));
  ASSERT_TRUE(traces);
  for (const auto& [k, l] : std::vector<std::pair<int64_t, int64_t>>{{0, 1}, {1, 0}, {1, 1}})
    EXPECT_EQ(traces->luma_table[k][l].item<double>(), own[k][l].item<double>());
  EXPECT_FALSE(traces->chroma_table.defined());
}

TEST(JpegTraces, AreNotSeenWhereThereAreNone) {
  EXPECT_FALSE(find_jpeg(scene(3, 128, 128)));
  EXPECT_FALSE(find_jpeg(torch::full({1, 3, 64, 64}, 0.5)));
  EXPECT_FALSE(find_jpeg(torch::rand({1, 3, 9, 300})));
  const Tensor decoded = through_jpeg(scene(3, 128, 128), jpeg_table(30, false), jpeg_table(30, true), false);
  EXPECT_FALSE(find_jpeg((decoded * 0.83 + 0.02 * torch::randn({1, 3, 128, 128})).clamp(0, 1)));
}

TEST(JpegBlockiness, BlocksShowAfterEditing) {
  const Tensor table = jpeg_table(10, false);
  const Tensor decoded = through_jpeg(scene(1, 128, 128), table, table, false).slice(2, 3).slice(3, 6);
  const Tensor edited = (decoded * 0.8 + 0.003 * torch::randn_like(decoded)).clamp(0, 1);
  EXPECT_FALSE(find_jpeg(edited));
  const auto blocks = find_blocks(edited);
  ASSERT_TRUE(blocks);
  EXPECT_EQ(blocks->top, 5);
  EXPECT_EQ(blocks->left, 2);
  EXPECT_LE(blocks->quality, 60);
  EXPECT_FALSE(find_blocks(scene(3, 128, 128)));
  EXPECT_FALSE(find_blocks(torch::full({1, 3, 64, 64}, 0.5)));
  EXPECT_FALSE(find_blocks(torch::rand({1, 1, 20, 300})));
}

TEST(QuantisedPicture, ProjectsEveryCoefficientIntoItsStep) {
  const Tensor luma = jpeg_table(20, false), chroma = jpeg_table(20, true);
  const Tensor decoded = through_jpeg(scene(3, 64, 80), luma, chroma, false);
  const QuantisedPicture picture(decoded, {0, 0, 20, luma, chroma, {}});
  const Tensor guess = (decoded + 0.2 * torch::randn_like(decoded)), projected = picture.project(guess, 0.5);
  const Tensor was = to_ycc(decoded), got = to_ycc(projected), asked = to_ycc(guess);
  for (int64_t k = 0; k < 3; ++k) {
    const Tensor table = (k == 0 ? luma : chroma) / 255;
    const Tensor before = to_blocks(was[k] - (k == 0 ? 128.0 / 255 : 0.0));
    const Tensor centre = torch::round(before / table) * table;
    centre.select(3, 0).select(2, 0).copy_(before.select(3, 0).select(2, 0));
    const Tensor c = to_blocks(got[k] - (k == 0 ? 128.0 / 255 : 0.0)),
                 a = to_blocks(asked[k] - (k == 0 ? 128.0 / 255 : 0.0));
    EXPECT_LT(((c - centre).abs() - table / 2).max().item<double>(), 1e-4);
    const Tensor inside = (a - centre).abs() < table / 2;
    EXPECT_LT(((c - a).abs() * inside).max().item<double>(), 1e-4);  // what is allowed stays
  }
  EXPECT_LT(picture.distance(projected, 0.5).item<double>(), 1e-8);
  EXPECT_GT(picture.distance(guess, 0.5).item<double>(), 1e-4);
}

TEST(QuantisedPicture, LeavesEditedBlocksWhatTheyAre) {
  const Tensor table = jpeg_table(20, false);
  Tensor decoded = through_jpeg(scene(1, 64, 64), table, table, false);
  decoded.slice(2, 8, 16).slice(3, 16, 24).copy_(torch::rand({1, 1, 8, 8}));
  const QuantisedPicture picture(decoded, {0, 0, 20, table, {}, {}});
  EXPECT_LT((picture.project(decoded, 0) - decoded).slice(2, 8, 16).slice(3, 16, 24).abs().max().item<double>(), 1e-4);
}

TEST(QuantisationNoise, IsThatOfALaplacian) {
  torch::manual_seed(0);
  const Tensor uniform = torch::rand({400, 400, 8, 8}) - 0.5;
  const Tensor values = -0.05 * uniform.sign() * torch::log1p(-2 * uniform.abs());
  const Tensor table = torch::linspace(0.02, 0.4, 64).view({8, 8});
  const Tensor stored = torch::round(values / table) * table;
  const Tensor expected = (values - stored).square().mean(std::vector<int64_t>{0, 1});
  const Tensor got = quantisation_noise({{}, table, stored});
  EXPECT_LT(((got - expected) / expected).abs().max().item<double>(), 0.1);
}

TEST(GuidedFilter, FollowsALineOfTheGuide) {
  const Tensor guide = torch::rand({20, 24});
  const LocalLines lines = fit_lines(guide, 0.3 * guide + 0.1, 2, 1e-8);
  EXPECT_LT((lines.slope - 0.3).abs().max().item<double>(), 1e-3);
  EXPECT_LT((lines.offset - 0.1).abs().max().item<double>(), 1e-3);
}

struct Outcome {
  Tensor picture;
  std::string notice;
};

Outcome clean(const Tensor& picture, const std::string& quality = "fast", double iterations = 3) {
  Monitor monitor([](const Snapshot&) { return Answer::kContinue; }, 1e9);
  Task task;
  task.inputs = {picture};
  task.options.set("quality", quality);
  task.options.set("iterations", iterations);
  task.options.set("device", "cpu");
  task.monitor = &monitor;
  Outcome outcome;
  outcome.picture = remove_jpeg_artifacts(task);
  outcome.notice = task.notice;
  return outcome;
}

TEST(RemoveJpegArtifacts, ComesNearerToTheOriginal) {
  const Tensor original = scene(3, 96, 112);
  for (const bool halved : {false, true}) {
    const Tensor decoded = through_jpeg(original, jpeg_table(10, false), jpeg_table(10, true), halved);
    const Tensor cropped = decoded.slice(2, 5).slice(3, 11), truth = original.slice(2, 5).slice(3, 11);
    const Outcome got = clean(cropped);
    EXPECT_EQ(got.picture.sizes(), cropped.sizes());
    EXPECT_GT(psnr(got.picture, truth), psnr(cropped, truth) + 0.4) << halved;
    EXPECT_NE(got.notice.find("10"), std::string::npos);
    const Tensor shift = (got.picture - cropped).mean(std::vector<int64_t>{2, 3});
    EXPECT_LT(shift.abs().max().item<double>(), 0.5 / 255);
  }
}

TEST(RemoveJpegArtifacts, ImprovesWhatWasEditedSince) {
  const Tensor original = scene(1, 128, 128), table = jpeg_table(10, false);
  const auto edit = [](const Tensor& t) { return t * 0.8 + 0.1; };
  const Tensor edited = edit(through_jpeg(original, table, table, false)) + 0.003 * torch::randn_like(original);
  EXPECT_GT(psnr(clean(edited).picture, edit(original)), psnr(edited, edit(original)) + 0.2);
}

TEST(RemoveJpegArtifacts, LeavesWhatIsNoJpegAndSaysSo) {
  const Tensor picture = scene(3, 70, 90);
  const Outcome got = clean(picture);
  EXPECT_TRUE(torch::equal(got.picture, picture));
  EXPECT_FALSE(got.notice.empty());
  EXPECT_TRUE(
      torch::equal(clean(torch::rand({1, 3, 8, 8})).picture.isfinite(), torch::ones({1, 3, 8, 8}, torch::kBool)));
}

TEST(RemoveJpegArtifacts, TakesGreyAndWhatIsOutOfRange) {
  Tensor picture =
      through_jpeg(scene(1, 64, 64), jpeg_table(10, false), jpeg_table(10, true), false).expand({1, 3, 64, 64}).clone();
  picture[0][1][40][40] = 3;
  picture[0][0][3][3] = std::numeric_limits<float>::quiet_NaN();
  const Tensor got = clean(picture).picture;
  EXPECT_TRUE(got.isfinite().all().item<bool>());
  EXPECT_GT(got[0][1][40][40].item<double>(), 2);
}

TEST(RemoveJpegArtifacts, RefusesWhatIsTooSmall) { EXPECT_THROW(clean(torch::rand({1, 3, 7, 64})), Error); }

}  // namespace
}  // namespace pentimento
