// SPDX-License-Identifier: GPL-3.0-or-later
// A run on its worker thread, seen from the main thread: what comes out of the mailbox, and what the answers do.
#include "run.h"

#include <glib/gstdio.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <fstream>
#include <vector>

namespace pentimento {
namespace {

constexpr int kWidth = 40, kHeight = 30;

/// A folder for the scripted engine, for the whole program: the engine is loaded once.
const std::string& script() {
  static const std::string folder = [] {
    const Text path(g_dir_make_tmp("pentimento-run-XXXXXX", nullptr));
    g_setenv("PENTIMENTO_SCRIPT", path.get(), TRUE);
    g_setenv("PENTIMENTO_WEIGHTS", path.get(), TRUE);
    std::ofstream(std::string(path.get()) + "/irn-x2.safetensors") << "not read here";
    return std::string(path.get());
  }();
  return folder;
}

void engine_does(const char* mode) { std::ofstream(script() + "/mode") << mode; }

/// Each time another one: the operation remembers the results of those that it has seen.
Handle<GeglBuffer> picture(const char* format) {
  static int seen = 0;
  ++seen;
  const GeglRectangle extent = {0, 0, kWidth, kHeight};
  Handle<GeglBuffer> buffer(gegl_buffer_new(&extent, babl_format(format)));
  std::vector<float> samples(kWidth * kHeight * 3);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<float>((i + seen) * 7919 % 256) / 255;
  gegl_buffer_set(buffer.get(), nullptr, 0, babl_format("R'G'B' float"), samples.data(), GEGL_AUTO_ROWSTRIDE);
  return buffer;
}

std::vector<float> samples(GeglBuffer* buffer) {
  std::vector<float> all(kWidth * kHeight * 3);
  gegl_buffer_get(buffer, nullptr, 1, babl_format("R'G'B' float"), all.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  return all;
}

std::unique_ptr<Run> start(GeglBuffer* input, bool estimates = true) {
  return std::make_unique<Run>(Job{.operation = "pentimento:denoise", .input = input, .configure = [](GeglNode*) {}},
                               estimates);
}

std::vector<Update> updates_until_finished(Run& run) {
  std::vector<Update> updates;
  for (bool finished = false; !finished; g_usleep(1000)) {
    finished = run.finished();
    if (auto update = run.take()) updates.push_back(std::move(*update));
  }
  return updates;
}

void wait_for_update(Run& run) {
  while (!run.take() && !run.finished()) g_usleep(1000);
}

TEST(Run, GivesTheResultInTheFormatOfTheInput) {
  engine_does("invert");
  for (const char* format : {"R'G'B' u8", "R'G'B'A u16", "RGB float"}) {
    const auto input = picture(format);
    const auto run = start(input.get());
    updates_until_finished(*run);
    const Outcome outcome = run->outcome();
    EXPECT_EQ(gegl_buffer_get_format(outcome.results[0].get()), babl_format(format));
    const auto before = samples(input.get()), after = samples(outcome.results[0].get());
    for (std::size_t i = 0; i < before.size(); ++i) ASSERT_NEAR(after[i], 1 - before[i], 1e-4) << format << " " << i;
    EXPECT_EQ(outcome.overviews.size(), 1u);
    EXPECT_EQ(outcome.error, "");
  }
}

TEST(Run, LeavesOutNoLossHoweverSlowlyItIsAsked) {
  engine_does("slow");
  const auto input = picture("R'G'B' u8");
  const auto run = start(input.get());
  wait_for_update(*run);
  g_usleep(600000);  // a dozen reports meanwhile
  const auto update = run->take();
  ASSERT_TRUE(update);
  EXPECT_GT(update->losses.size(), 3u);
  EXPECT_TRUE(std::is_sorted(update->losses.rbegin(), update->losses.rend()));
  EXPECT_EQ(update->losses.back(), 0.05 / static_cast<double>(update->iteration) + 0.002);
  EXPECT_EQ(update->iterations, 200);
  EXPECT_EQ(update->estimate.size(), 1u);
}

TEST(Run, ShowsEstimatesOnlyWhereTheyAreWanted) {
  engine_does("slow");
  const auto input = picture("R'G'B' u8");
  const auto run = start(input.get(), false);
  run->answer(Answer::kKeep);
  for (const Update& update : updates_until_finished(*run)) EXPECT_TRUE(update.estimate.empty());
  EXPECT_TRUE(run->outcome().overviews.empty());
}

TEST(Run, KeepsTheBestSoFar) {
  engine_does("slow");
  const auto input = picture("R'G'B' u8");
  const auto run = start(input.get());
  wait_for_update(*run);
  run->answer(Answer::kKeep);
  updates_until_finished(*run);
  for (const float sample : samples(run->outcome().results[0].get())) ASSERT_NEAR(sample, 0.6, 1e-4);
}

TEST(Run, LeavesThePictureAloneWhenCancelled) {
  engine_does("slow");
  const auto input = picture("R'G'B' u8");
  const auto run = start(input.get());
  wait_for_update(*run);
  run->answer(Answer::kCancel);
  updates_until_finished(*run);
  const Outcome outcome = run->outcome();
  EXPECT_EQ(samples(outcome.results[0].get()), samples(input.get()));
  EXPECT_EQ(outcome.error, "");
}

TEST(Run, CanBeDroppedWhileItWorks) {
  engine_does("slow");
  const auto input = picture("R'G'B' u8");
  const auto run = start(input.get());
  wait_for_update(*run);
}

/// The red sample of a surface's pixel, 0..1.
float red(cairo_surface_t* surface, int x, int y) {
  cairo_surface_flush(surface);
  const auto* row = cairo_image_surface_get_data(surface) + y * cairo_image_surface_get_stride(surface);
  return static_cast<float>(reinterpret_cast<const std::uint32_t*>(row)[x] >> 16 & 255) / 255;
}

/// What the scripted engine makes of a sample v: mask, foreground and background.
float part(int i, float v, float m) { return i == 0 ? m : i == 1 ? v + (1 - m) * v * (1 - v) : v - m * v * (1 - v); }

TEST(Run, GivesAllPartsOfOneFitAndShowsThemAsTheyGrow) {
  engine_does("slow");
  const auto input = picture("R'G'B' u8");
  const Job job = {.operation = "pentimento:segment",
                   .input = input.get(),
                   .configure = [](GeglNode* node) { gegl_node_set(node, "frames", 2, nullptr); },
                   .outputs = {"mask", "foreground", "background"},
                   .layout = {.parts = 3, .frames = 2, .frame = 1}};
  pentimento::Run run(job, true);
  EXPECT_EQ(run.width(), kWidth);
  EXPECT_EQ(run.height(), kHeight / 2);
  const auto before = samples(input.get());
  std::optional<Update> update;
  while (!update && !run.finished()) update = run.take();
  ASSERT_TRUE(update);
  ASSERT_EQ(update->estimate.size(), 3u);
  const float share = 1 - std::exp(static_cast<float>(-update->iteration) / 20);
  run.answer(Answer::kKeep);
  EXPECT_LT(updates_until_finished(run).size(), 10u);  // the other parts took no fit of their own
  const Outcome outcome = run.outcome();
  ASSERT_EQ(outcome.results.size(), 3u);
  ASSERT_EQ(outcome.overviews.size(), 3u);
  for (int i = 0; i < 3; ++i) {
    const auto after = samples(outcome.results[i].get());
    for (cairo_surface_t* surface : {update->estimate[i].get(), outcome.overviews[i].get()}) {
      ASSERT_EQ(cairo_image_surface_get_width(surface), kWidth);
      ASSERT_EQ(cairo_image_surface_get_height(surface), kHeight / 2);
    }
    for (int y = 0; y < kHeight; ++y)
      for (int x = 0; x < kWidth; ++x) {
        const std::size_t at = (static_cast<std::size_t>(y) * kWidth + x) * 3;
        const float whole = part(i, before[at], static_cast<float>((x + y) % 7) / 6);
        ASSERT_NEAR(after[at], whole, 0.003) << i << " " << x << "," << y;
        const int row = y - kHeight / 2;
        if (row < 0) continue;
        ASSERT_NEAR(red(outcome.overviews[i].get(), x, row), whole, 0.006) << i << " " << x << "," << y;
        ASSERT_NEAR(red(update->estimate[i].get(), x, row), 0.5f + share * (whole - 0.5f), 0.006)
            << i << " " << x << "," << y;
      }
  }
}

TEST(Run, StopsAtTheFirstPartThatFails) {
  engine_does("fail");
  const auto input = picture("R'G'B' u8");
  pentimento::Run run({.operation = "pentimento:dehaze",
                       .input = input.get(),
                       .configure = [](GeglNode*) {},
                       .outputs = {"picture", "transmission", "airlight"},
                       .layout = {.parts = 3}},
                      true);
  updates_until_finished(run);
  const Outcome outcome = run.outcome();
  EXPECT_EQ(outcome.error, "The scripted engine failed.");
  EXPECT_TRUE(outcome.overviews.empty());
}

TEST(Run, HandsOnWhatTheOperationHasToSay) {
  const auto input = picture("R'G'B' u8");
  engine_does("fail");
  auto run = start(input.get());
  updates_until_finished(*run);
  EXPECT_EQ(run->outcome().error, "The scripted engine failed.");

  engine_does("notice");
  run = start(input.get());
  updates_until_finished(*run);
  const Outcome outcome = run->outcome();
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.notice, "The scripted engine took a short cut.");
}

/// Shrinks, and hands the note over.
Outcome shrink(GeglBuffer* input, const std::string& sidecar = "") {
  pentimento::Run run({.operation = "pentimento:rescale-down",
                       .input = input,
                       .configure = [](GeglNode*) {},
                       .file = Exchange{"sidecar", sidecar}},
                      true);
  updates_until_finished(run);
  return run.outcome();
}

TEST(Run, PassesASidecarOnInBothDirections) {
  engine_does("invert");
  const auto input = picture("R'G'B' u8");
  const Outcome shrunk = shrink(input.get());
  EXPECT_EQ(shrunk.error, "");
  EXPECT_EQ(gegl_buffer_get_width(shrunk.results[0].get()), kWidth / 2);
  EXPECT_TRUE(shrunk.file.starts_with("pentimento-rescale/1 scale=2 size=40x30 ")) << shrunk.file;

  std::string lying = shrunk.file;
  lying.replace(lying.find("40x30"), 5, "39x29");
  pentimento::Run run({.operation = "pentimento:rescale-up",
                       .input = shrunk.results[0].get(),
                       .configure = [](GeglNode*) {},
                       .file = Exchange{"sidecar", lying}},
                      true);
  EXPECT_EQ(run.width(), kWidth - 1);
  EXPECT_EQ(run.height(), kHeight - 1);
  updates_until_finished(run);
  EXPECT_EQ(run.outcome().file, lying);
}

TEST(Run, SaysWhereNoSidecarCanBeWritten) {
  const auto input = picture("R'G'B' u8");
  rlimit before = {};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit nothing = {0, before.rlim_max};
  std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &nothing);
  const Outcome outcome = shrink(input.get(), "content");
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_TRUE(outcome.error.starts_with("No temporary file could be written in ")) << outcome.error;
  EXPECT_TRUE(outcome.overviews.empty());
}

TEST(TemporaryFile, IsGoneWithItsOwner) {
  std::string path;
  {
    const TemporaryFile file("content");
    path = file.path();
    EXPECT_EQ(file.content(), "content");
  }
  EXPECT_FALSE(g_file_test(path.c_str(), G_FILE_TEST_EXISTS));
}

}  // namespace
}  // namespace pentimento

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  g_object_set(gegl_config(), "application-license", "GPL3", nullptr);
  gegl_init(nullptr, nullptr);
  pentimento::script();
  const int failed = RUN_ALL_TESTS();
  for (const char* name : {"/mode", "/log", "/irn-x2.safetensors"}) g_unlink((pentimento::script() + name).c_str());
  g_rmdir(pentimento::script().c_str());
  return failed;
}
