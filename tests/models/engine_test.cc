// SPDX-License-Identifier: GPL-3.0-or-later
// The engine as its callers see it: through the C table alone.
#include "engine.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Picture {
  int32_t width, height, channels;
  std::vector<float> data;

  Picture(int32_t w, int32_t h, int32_t c = 3, float value = 0) : width(w), height(h), channels(c) {
    data.assign(static_cast<size_t>(w) * static_cast<size_t>(h) * static_cast<size_t>(c), value);
  }
  PentimentoPicture view() { return {width, height, channels, data.data()}; }
  float& at(int32_t x, int32_t y, int32_t c) { return data[static_cast<size_t>((y * width + x) * channels + c)]; }
};

Picture scene(int32_t w, int32_t h) {
  Picture p(w, h);
  for (int32_t y = 0; y < h; ++y)
    for (int32_t x = 0; x < w; ++x)
      for (int32_t c = 0; c < 3; ++c)
        p.at(x, y, c) = 0.5f + 0.3f * std::sin(0.12f * static_cast<float>(x + c * y)) * (x > w / 2 ? 1.f : -0.5f);
  return p;
}

Picture with_noise(Picture p, float sigma) {
  std::mt19937 random(4);
  std::normal_distribution<float> normal(0, sigma);
  for (float& v : p.data) v += normal(random);
  return p;
}

double mean_square(const Picture& a, const Picture& b) {
  double sum = 0;
  for (size_t i = 0; i < a.data.size(); ++i) sum += std::pow(a.data[i] - b.data[i], 2);
  return sum / static_cast<double>(a.data.size());
}

double largest_difference(const Picture& a, const Picture& b) {
  double most = 0;
  for (size_t i = 0; i < a.data.size(); ++i) most = std::max<double>(most, std::abs(a.data[i] - b.data[i]));
  return most;
}

using Watch = std::function<PentimentoAnswer(const PentimentoReport&)>;

struct Result {
  PentimentoStatus status;
  Picture picture;
  PentimentoMessages messages;
};

Result run(Picture input, std::vector<PentimentoOption> options, Watch watch = {}, const char* method = "denoise") {
  Result r = {PENTIMENTO_FAILED, Picture(input.width, input.height, input.channels, -7), {}};
  const PentimentoPicture in = input.view();
  PentimentoPicture out = r.picture.view();
  PentimentoJob job = {method, &in, 1, options.data(), options.size(), &out, nullptr, &watch};
  if (watch)
    job.progress = [](const PentimentoReport* report, void* user) { return (*static_cast<Watch*>(user))(*report); };
  r.status = pentimento_engine(PENTIMENTO_ENGINE_ABI)->run(&job, &r.messages);
  return r;
}

const PentimentoOption kFast = {"quality", 0, "fast"};
PentimentoOption iterations(double n) { return {"iterations", n, nullptr}; }

TEST(Engine, IsFoundByItsVersionAlone) {
  EXPECT_NE(pentimento_engine(PENTIMENTO_ENGINE_ABI), nullptr);
  EXPECT_EQ(pentimento_engine(PENTIMENTO_ENGINE_ABI + 1), nullptr);
  EXPECT_EQ(pentimento_engine(0), nullptr);
}

TEST(Denoise, BringsThePictureCloserToTheTruth) {
  const Picture clean = scene(72, 56), noisy = with_noise(clean, 0.1f);
  for (const char* quality : {"fast", "balanced", "best"}) {
    const Result r = run(noisy, {{"quality", 0, quality}, iterations(10)});
    ASSERT_EQ(r.status, PENTIMENTO_OK) << r.messages.error;
    EXPECT_LT(mean_square(r.picture, clean), mean_square(noisy, clean) / 6) << quality;
    EXPECT_STREQ(r.messages.error, "");
  }
}

TEST(Denoise, SameSeedGivesTheSameBits) {
  const Picture noisy = with_noise(scene(64, 64), 0.1f);
  const Result a = run(noisy, {kFast, iterations(60), {"seed", 3, nullptr}});
  const Result b = run(noisy, {kFast, iterations(60), {"seed", 3, nullptr}});
  const Result c = run(noisy, {kFast, iterations(60), {"seed", 4, nullptr}});
  EXPECT_EQ(a.picture.data, b.picture.data);
  EXPECT_NE(a.picture.data, c.picture.data);
}

TEST(Denoise, ReportsEstimatesAndNumbers) {
  int reports = 0, estimates = 0;
  const std::thread::id caller = std::this_thread::get_id();
  const Result r = run(with_noise(scene(64, 48), 0.1f), {kFast, iterations(30)}, [&](const PentimentoReport& report) {
    EXPECT_EQ(std::this_thread::get_id(), caller);
    ++reports;
    EXPECT_LE(report.iteration, report.iterations);
    if (report.estimate) {
      ++estimates;
      EXPECT_EQ(report.estimate->width, 64);
      EXPECT_EQ(report.estimate->height, 48);
      EXPECT_EQ(report.estimate->channels, 3);
    }
    return PENTIMENTO_CONTINUE;
  });
  EXPECT_EQ(r.status, PENTIMENTO_OK);
  EXPECT_GE(reports, 2);
  EXPECT_GE(estimates, 1);
}

TEST(Denoise, CancelLeavesTheOutputUntouched) {
  const Result r = run(with_noise(scene(64, 48), 0.1f), {iterations(100000)},
                       [](const PentimentoReport&) { return PENTIMENTO_CANCEL; });
  EXPECT_EQ(r.status, PENTIMENTO_CANCELLED);
  EXPECT_EQ(r.picture.data, Picture(64, 48, 3, -7).data);
}

TEST(Denoise, KeepHandsBackTheBestSoFar) {
  const Picture clean = scene(64, 48), noisy = with_noise(clean, 0.1f);
  const Result r = run(noisy, {iterations(100000)}, [](const PentimentoReport& report) {
    return report.iteration > 2 ? PENTIMENTO_KEEP : PENTIMENTO_CONTINUE;
  });
  ASSERT_EQ(r.status, PENTIMENTO_OK) << r.messages.error;
  EXPECT_LT(mean_square(r.picture, clean), mean_square(noisy, clean) / 4);
}

TEST(Denoise, KeepsAFlatGreyFlatAlsoInTiles) {
  const Picture grey(360, 300, 3, 0.4f);  // more than one tile of every quality but best
  const Result r = run(grey, {kFast, iterations(2)});
  ASSERT_EQ(r.status, PENTIMENTO_OK) << r.messages.error;
  EXPECT_LT(largest_difference(r.picture, grey), 1.0 / 255);
}

TEST(Denoise, KeepsAGreyPictureGrey) {
  Picture noisy = with_noise(scene(64, 64), 0.1f);
  for (size_t i = 0; i < noisy.data.size(); i += 3) noisy.data[i + 1] = noisy.data[i + 2] = noisy.data[i];
  const Result r = run(noisy, {kFast, iterations(20)});
  ASSERT_EQ(r.status, PENTIMENTO_OK) << r.messages.error;
  for (size_t i = 0; i < r.picture.data.size(); i += 3) {
    ASSERT_EQ(r.picture.data[i], r.picture.data[i + 1]);
    ASSERT_EQ(r.picture.data[i], r.picture.data[i + 2]);
  }
}

TEST(Denoise, WorksOnOneChannel) {
  Picture noisy(64, 64, 1, 0.5f);
  noisy = with_noise(noisy, 0.1f);
  const Result r = run(noisy, {kFast, iterations(20)});
  ASSERT_EQ(r.status, PENTIMENTO_OK) << r.messages.error;
  EXPECT_LT(mean_square(r.picture, Picture(64, 64, 1, 0.5f)), 0.002);
}

TEST(Denoise, CarriesWhatIsOutOfRangeAround) {
  Picture input(48, 48, 3, 0.5f);
  for (int32_t c = 0; c < 3; ++c)
    for (int32_t x = 8; x < 40; ++x)
      for (int32_t y = 8; y < 40; ++y) input.at(x, y, c) = 4.0f;
  const Result r = run(input, {kFast, iterations(3)});
  ASSERT_EQ(r.status, PENTIMENTO_OK) << r.messages.error;
  Picture got = r.picture;
  EXPECT_NEAR(got.at(24, 24, 1), 4.0f, 0.05f);
  EXPECT_NEAR(got.at(2, 2, 1), 0.5f, 0.05f);
}

TEST(Denoise, RepairsSamplesThatAreNoNumbersAndSaysSo) {
  Picture input(48, 48, 3, 0.5f);
  input.at(20, 20, 0) = std::numeric_limits<float>::quiet_NaN();
  input.at(30, 10, 2) = -std::numeric_limits<float>::infinity();
  const Result r = run(input, {kFast, iterations(3)});
  ASSERT_EQ(r.status, PENTIMENTO_OK) << r.messages.error;
  EXPECT_LT(largest_difference(r.picture, Picture(48, 48, 3, 0.5f)), 0.02);
  EXPECT_STRNE(r.messages.notice, "");
}

class SmallPictures : public testing::TestWithParam<std::pair<int, int>> {};

TEST_P(SmallPictures, AreRefusedWithASentence) {
  const auto [w, h] = GetParam();
  const Result r = run(Picture(w, h, 3, 0.5f), {kFast});
  EXPECT_EQ(r.status, PENTIMENTO_BAD_INPUT);
  EXPECT_NE(std::string(r.messages.error).find("too small"), std::string::npos);
  EXPECT_EQ(r.picture.data, Picture(w, h, 3, -7).data);
}

INSTANTIATE_TEST_SUITE_P(Sizes, SmallPictures,
                         testing::Values(std::pair(1, 1), std::pair(1, 200), std::pair(200, 1), std::pair(3, 3),
                                         std::pair(7, 100)));

TEST(Denoise, WorksOnTheSmallestAndOnLongPictures) {
  for (const auto& [w, h] : std::vector<std::pair<int, int>>{{8, 8}, {9, 33}, {400, 8}}) {
    const Result r = run(Picture(w, h, 3, 0.5f), {kFast, iterations(2)});
    EXPECT_EQ(r.status, PENTIMENTO_OK) << w << " x " << h << ": " << r.messages.error;
  }
}

// So long that its small first version would be thinner than anything that can be restored.
TEST(Denoise, WorksOnALongStrip) {
  const Result r =
      run(Picture(70000, 9, 3, 0.5f), {kFast, iterations(1)}, [](const PentimentoReport&) { return PENTIMENTO_KEEP; });
  EXPECT_EQ(r.status, PENTIMENTO_OK) << r.messages.error;
}

TEST(Engine, RefusesWhatItDoesNotKnow) {
  const Picture p(16, 16, 3, 0.5f);
  const std::vector<std::vector<PentimentoOption>> bad = {
      {{"quality", 0, "superb"}},    {{"quality", 2, nullptr}},
      {{"iterations", -1, nullptr}}, {{"iterations", 1.5, nullptr}},
      {{"iterations", 0, "many"}},   {{"device", 0, "abacus"}},
      {{"nonsense", 1, nullptr}},    {{"iterations", std::numeric_limits<double>::quiet_NaN(), nullptr}}};
  for (const auto& options : bad) {
    const Result r = run(p, options);
    EXPECT_EQ(r.status, PENTIMENTO_BAD_INPUT) << options[0].name;
    EXPECT_STRNE(r.messages.error, "");
  }
  EXPECT_EQ(run(p, {}, {}, "undo-everything").status, PENTIMENTO_BAD_INPUT);
  EXPECT_EQ(run(p, {}, {}, nullptr).status, PENTIMENTO_BAD_INPUT);
}

TEST(Engine, SaysSoWhereThereIsNoGpu) {
  const Result r = run(Picture(16, 16, 3, 0.5f), {kFast, iterations(1), {"device", 0, "cuda"}});
  if (r.status == PENTIMENTO_OK) GTEST_SKIP() << "there is a GPU";
  EXPECT_EQ(r.status, PENTIMENTO_NO_DEVICE);
  EXPECT_NE(std::string(r.messages.error).find("graphics card"), std::string::npos);
}

TEST(Engine, ServesSeveralCallersAfterOneAnother) {
  std::vector<std::thread> callers;
  std::atomic<int> fine = 0;
  for (int i = 0; i < 4; ++i)
    callers.emplace_back([&, i] {
      const Result r = run(with_noise(scene(40, 40), 0.1f), {kFast, iterations(2 + i)});
      if (r.status == PENTIMENTO_OK) ++fine;
    });
  for (std::thread& t : callers) t.join();
  EXPECT_EQ(fine, 4);
}

}  // namespace
