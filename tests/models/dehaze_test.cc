// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/dehaze.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "errors.h"
#include "imaging/haze.h"
#include "imaging/joint_estimate.h"
#include "imaging/resample.h"
#include "losses/local_deviation.h"

namespace pentimento {
namespace {

using torch::Tensor;

double largest(const Tensor& t) { return t.abs().max().item<double>(); }
double rms(const Tensor& t) { return t.square().mean().sqrt().item<double>(); }
Tensor color(float r, float g, float b) { return torch::tensor({r, g, b}).view({1, 3, 1, 1}); }

// Stripes of pure and pale colours, some of them black, as scenes have them; the haze grows upwards.
struct Hazy {
  Tensor scene, transmission, airlight, picture;
};

Hazy hazy(int64_t height, int64_t width, double densest) {
  const Tensor x = torch::arange(width, torch::kLong), y = torch::arange(height, torch::kLong).view({height, 1});
  const Tensor kind = ((x.floor_divide(4) + y.floor_divide(4)) % 4).unsqueeze(0).unsqueeze(0);
  Tensor scene = torch::zeros({1, 3, height, width});
  const Tensor paints[] = {color(0, 0, 0), color(0.8f, 0.1f, 0), color(0.1f, 0.6f, 0.3f), color(0.7f, 0.7f, 0.6f)};
  for (int64_t k = 0; k < 4; ++k) scene = torch::where(kind == k, paints[k], scene);
  const Tensor up = 1 - y.to(torch::kFloat) / static_cast<double>(height);
  const Tensor t = (1 - densest * up).view({1, 1, height, 1}).expand({1, 1, height, width}).contiguous();
  const Tensor airlight = color(0.8f, 0.85f, 0.9f);
  return {scene, t, airlight, t * scene + (1 - t) * airlight};
}

struct Result {
  Tensor result;
  std::string notice;
  int64_t reports = 0;
};

Result run(const Tensor& picture, const std::string& output, const std::map<std::string, double>& numbers = {},
           const std::string& quality = "fast") {
  Result made;
  Monitor monitor(
      [&](const Snapshot&) {
        ++made.reports;
        return Answer::kContinue;
      },
      0);
  Task task;
  task.monitor = &monitor;
  task.inputs = {picture};
  for (const auto& [name, number] : numbers) task.options.set(name, number);
  task.options.set("quality", quality);
  task.options.set("output", output);
  made.result = dehaze(task);
  made.notice = task.notice;
  return made;
}

TEST(Haze, TheDarkChannelIsTheLeastSampleOfItsWindow) {
  torch::manual_seed(1);
  const Tensor picture = torch::rand({2, 3, 7, 9}), dark = dark_channel(picture, 2);
  ASSERT_EQ(dark.sizes(), (std::vector<int64_t>{2, 1, 7, 9}));
  for (int64_t n = 0; n < 2; ++n)
    for (int64_t y = 0; y < 7; ++y)
      for (int64_t x = 0; x < 9; ++x) {
        float least = 1;
        for (int64_t v = std::max<int64_t>(0, y - 2); v <= std::min<int64_t>(6, y + 2); ++v)
          for (int64_t u = std::max<int64_t>(0, x - 2); u <= std::min<int64_t>(8, x + 2); ++u)
            for (int64_t c = 0; c < 3; ++c) least = std::min(least, picture[n][c][v][u].item<float>());
        EXPECT_EQ(dark[n][0][y][x].item<float>(), least);
      }
}

TEST(Haze, TheAirlightIsTheColorOfTheThickestHaze) {
  const Hazy h = hazy(96, 96, 1.0);
  EXPECT_LT(largest(find_airlight(h.picture) - h.airlight), 0.05);
}

TEST(Haze, TheBoundIsExactWhereTheSceneIsDark) {
  const Hazy h = hazy(32, 32, 0.7);
  const Tensor bound = least_transmission(h.picture, h.airlight), black = h.scene.amin(1, true) == 0;
  EXPECT_LT(largest(torch::where(black, bound - h.transmission, torch::zeros({}))), 1e-5);
  EXPECT_LE((bound - h.transmission).max().item<double>(), 1e-5);
  // A channel that the airlight hardly has tells nothing: the picture is not free of haze because it lacks blue.
  const Tensor orange = color(0.9f, 0.5f, 0.01f);
  EXPECT_NEAR(least_transmission(color(0.9f, 0.5f, 0.0f), orange).item<double>(), 0, 1e-6);
}

// The same least squares, densely and with loops.
Tensor dense_envelope(const Tensor& picture, const Tensor& bound) {
  const int64_t frames = bound.size(0), rows = bound.size(2), columns = bound.size(3), n = bound.numel();
  Tensor laplacian = torch::zeros({n, n}, torch::kDouble);
  const auto at = [&](int64_t f, int64_t y, int64_t x) { return (f * rows + y) * columns + x; };
  const auto link = [&](int64_t f, int64_t y, int64_t x, int64_t g, int64_t v, int64_t u) {
    if (g >= frames || v >= rows || u >= columns) return;
    double difference = 0;
    for (int64_t c = 0; c < 3; ++c)
      difference += std::abs(picture[f][c][y][x].item<double>() - picture[g][c][v][u].item<double>());
    const double w = 30 * std::max(std::exp(-difference / 0.2), 0.03);
    const int64_t a = at(f, y, x), b = at(g, v, u);
    laplacian[a][a] += w, laplacian[b][b] += w, laplacian[a][b] -= w, laplacian[b][a] -= w;
  };
  for (int64_t f = 0; f < frames; ++f)
    for (int64_t y = 0; y < rows; ++y)
      for (int64_t x = 0; x < columns; ++x)
        link(f, y, x, f, y, x + 1), link(f, y, x, f, y + 1, x), link(f, y, x, f + 1, y, x);
  const Tensor target = bound.flatten().to(torch::kDouble);
  Tensor t = target;
  for (int64_t k = 0; k < 8; ++k) {
    const Tensor weight = torch::where(target > t, 0.99, 0.01).to(torch::kDouble);
    t = torch::linalg_solve(torch::diag(weight) + laplacian, weight * target);
  }
  return t.to(torch::kFloat).view(bound.sizes()).clamp(0, 1);
}

TEST(Haze, TheTransmissionIsASmoothEnvelopeOfTheBound) {
  torch::manual_seed(2);
  const Tensor picture = torch::rand({2, 3, 5, 6}), bound = torch::rand({2, 1, 5, 6});
  EXPECT_LT(largest(transmission_envelope(picture, bound) - dense_envelope(picture, bound)), 2e-3);
}

TEST(Haze, APaleThingTakesItsTransmissionFromItsSurroundings) {
  Tensor bound = torch::full({1, 1, 40, 40}, 0.6);
  bound.slice(2, 15, 25).slice(3, 15, 25).fill_(0.1);  // a white wall
  const Tensor t = transmission_envelope(torch::full({1, 3, 40, 40}, 0.5), bound);
  EXPECT_GT(t.min().item<double>(), 0.55);
}

TEST(Haze, AFrameThatTellsNothingTakesItsTransmissionFromItsNeighbors) {
  Tensor bound = torch::full({3, 1, 20, 20}, 0.6);
  bound.slice(0, 1, 2).fill_(0.1);  // something white fills the second frame
  EXPECT_GT(transmission_envelope(torch::full({3, 3, 20, 20}, 0.5), bound).min().item<double>(), 0.55);
}

TEST(Haze, TheSceneBehindItIsTheOneThatItWasLaidOver) {
  const Hazy h = hazy(20, 24, 0.8);
  EXPECT_LT(largest(scene_behind(h.picture, h.transmission, h.airlight) - h.scene), 1e-5);
}

TEST(ColorLines, FollowALargerGuide) {
  torch::manual_seed(3);
  // A map that is a function of the guide is that function of the large guide.
  const Tensor large = torch::rand({1, 3, 24, 32}), small = area_shrink(large, 12, 16);
  const auto map = [](const Tensor& t) { return 0.2 + 0.5 * t.slice(1, 0, 1) - 0.3 * t.slice(1, 2, 3); };
  EXPECT_LT(largest(color_lines(small, map(small), 4, 1e-8).over(large) - map(large)), 2e-3);
}

TEST(LocalDeviation, IsTheMeanSquareAroundTheMeanOfFiveByFive) {
  torch::manual_seed(4);
  const Tensor map = torch::rand({1, 1, 6, 7});
  double sum = 0;
  for (int64_t y = 2; y < 4; ++y)
    for (int64_t x = 2; x < 5; ++x) {
      double mean = 0;
      for (int64_t v = -2; v <= 2; ++v)
        for (int64_t u = -2; u <= 2; ++u) mean += map[0][0][y + v][x + u].item<double>() / 25;
      sum += std::pow(map[0][0][y][x].item<double>() - mean, 2);
    }
  EXPECT_NEAR(local_deviation(map).item<double>(), sum / 6, 1e-6);
}

TEST(Dehaze, TakesTheHazeOff) {
  const Hazy h = hazy(96, 128, 0.75);
  for (const char* quality : {"fast", "balanced", "best"}) {
    const std::map<std::string, double> options = {{"keep-some-haze", 0}, {"iterations", quality[0] == 'f' ? 0 : 6}};
    const Result picture = run(h.picture, "picture", options, quality);
    EXPECT_EQ(picture.notice, "");
    EXPECT_LT(rms(picture.result - h.scene), rms(h.picture - h.scene) / 2.5) << quality;
    const Tensor t = run(h.picture, "transmission", options, quality).result;
    EXPECT_LT(rms(t - h.transmission), 0.1) << quality;
    const Tensor a = run(h.picture, "airlight", options, quality).result;
    EXPECT_LT(rms(a - h.airlight), 0.05) << quality;
    // The parts explain the picture, but for what lies outside 0..1.
    EXPECT_LT(rms(t * picture.result + (1 - t) * a - h.picture), 0.02) << quality;
  }
}

TEST(Dehaze, OnePictureCostsOneFit) {
  const Hazy h = hazy(64, 64, 0.6);
  EXPECT_GE(run(h.picture, "picture", {{"iterations", 5}, {"seed", 77}}, "balanced").reports, 6);
  for (const char* other : {"transmission", "airlight", "picture"})
    EXPECT_EQ(run(h.picture, other, {{"iterations", 5}, {"seed", 77}}, "balanced").reports, 0) << other;
  EXPECT_GE(run(h.picture, "picture", {{"iterations", 5}, {"seed", 78}}, "balanced").reports, 6);
}

TEST(Dehaze, StrengthAndWhatIsKeptGoBetweenThePictureAndTheScene) {
  const Hazy h = hazy(64, 64, 0.6);
  const Tensor all = run(h.picture, "picture", {{"keep-some-haze", 0}}).result;
  const Tensor half = run(h.picture, "picture", {{"keep-some-haze", 0}, {"strength", 0.5}}).result;
  EXPECT_LT(largest(half - (all + h.picture) / 2), 1e-5);
  EXPECT_EQ(largest(run(h.picture, "picture", {{"strength", 0}}).result - h.picture), 0);
  EXPECT_LT(largest(run(h.picture, "picture", {{"keep-some-haze", 1}}).result - h.picture), 1e-5);
}

TEST(Dehaze, TheUsersAirlightIsTaken) {
  const Hazy h = hazy(48, 48, 0.6);
  const std::map<std::string, double> options = {
      {"find-airlight", 0}, {"airlight-red", 0.5}, {"airlight-green", 0.6}, {"airlight-blue", 1}};
  EXPECT_LT(largest(run(h.picture, "airlight", options).result - color(0.5f, 0.6f, 1)), 1e-6);
}

TEST(Dehaze, ASequenceHasOneAirlightAndDoesNotFlicker) {
  const Hazy h = hazy(48, 64, 0.7);
  torch::manual_seed(5);
  std::vector<Tensor> frames;
  for (int k = 0; k < 3; ++k) frames.push_back((h.picture + 0.02 * torch::randn_like(h.picture)).clamp(0, 1));
  const Tensor strip = torch::cat(frames, 2);
  for (const char* quality : {"fast", "balanced"}) {
    const Tensor t =
        run(strip, "transmission", {{"frames", 3}, {"iterations", quality[0] == 'f' ? 0 : 6}}, quality).result;
    ASSERT_EQ(t.size(2), 3 * 48);
    const auto frame = [&](int64_t k) { return t.slice(2, k * 48, (k + 1) * 48); };
    EXPECT_LT(rms(frame(0) - frame(1)), 0.03) << quality;
    EXPECT_LT(rms(frame(2) - frame(1)), 0.03) << quality;
    EXPECT_LT(rms(frame(1) - h.transmission), 0.15) << quality;
  }
  EXPECT_THROW(run(strip, "picture", {{"frames", 5}}), Error);
}

TEST(Dehaze, APictureWithoutHazeStaysAndTheUserIsTold) {
  const Hazy h = hazy(64, 64, 0.6);
  const Result clear = run(h.scene, "picture");
  EXPECT_LT(rms(clear.result - h.scene), 2.0 / 255);
  EXPECT_NE(clear.notice, "");
  for (const double grey : {0.0, 1.0}) {
    const Tensor flat = torch::full({1, 3, 20, 20}, grey);
    EXPECT_LT(largest(run(flat, "picture").result - flat), 1e-5) << grey;
  }
}

TEST(Dehaze, TakesWhatItGets) {
  Tensor broken = hazy(32, 32, 0.6).picture.clone();
  broken[0][1][5][6] = std::numeric_limits<float>::quiet_NaN();
  broken[0][0][9][9] = 3;
  const Result repaired = run(broken, "picture");
  EXPECT_TRUE(torch::isfinite(repaired.result).all().item<bool>());
  EXPECT_NE(repaired.notice, "");
  EXPECT_GT(repaired.result[0][0][9][9].item<double>(), 1.5);  // beyond white it stays
  EXPECT_THROW(run(torch::rand({1, 3, 1, 1}), "picture"), Error);
  EXPECT_THROW(run(torch::rand({1, 3, 32, 15}), "picture"), Error);
  EXPECT_THROW(run(torch::rand({1, 3, 32, 32}), "haze"), Error);
  EXPECT_EQ(run(torch::rand({1, 3, 16, 300}), "transmission", {{"iterations", 2}}, "balanced").result.size(3), 300);
}

}  // namespace
}  // namespace pentimento
