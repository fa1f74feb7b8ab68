// SPDX-License-Identifier: GPL-3.0-or-later
// A run that fails: one sentence, the picture unchanged, nothing run again because of it.
#include <gtest/gtest.h>

#include <thread>

#include "graph.h"

namespace {

const GeglRectangle kPicture = {0, 0, 6, 4};
const Babl* rgba() { return format("R'G'B'A float"); }
std::vector<float> pixels() { return noise<float>(4 * 6 * 4, 0.1f, 1); }

struct Case {
  const char *how, *sentence;
};

class Failure : public testing::TestWithParam<Case> {};

TEST_P(Failure, SaysWhyAndLeavesThePicture) {
  FakeEngine engine(GetParam().how);
  Log log;
  auto input = pixels();
  Graph graph(kPicture, rgba(), input);
  EXPECT_EQ(graph.blit<float>(kPicture, rgba()), input);
  EXPECT_EQ(graph.text("error"), GetParam().sentence);
  EXPECT_EQ(graph.text("notice"), "");
  EXPECT_EQ(log.warnings, std::vector<std::string>{std::string("pentimento:denoise: ") + GetParam().sentence});
  EXPECT_EQ(engine.new_runs(), 1);
}

INSTANTIATE_TEST_SUITE_P(Statuses, Failure,
                         testing::Values(Case{"bad-input", "The fake engine dislikes this picture."},
                                         Case{"no-device", "The fake engine has no GPU."},
                                         Case{"out-of-memory", "The fake engine ran out of memory."},
                                         Case{"fail", "The fake engine failed."},
                                         Case{"fail-silently", "The restoration failed for an unknown reason."}));

void count(GObject*, gpointer, int* n) { ++*n; }

TEST(FailureOnce, TellsItsListenersButDoesNotRunAgain) {
  FakeEngine engine("fail");
  Log log;
  Graph graph(kPicture, rgba(), pixels());
  gegl_node_get_bounding_box(graph.node);
  int of_operation = 0, of_node = 0, invalidated = 0;
  g_signal_connect(graph.operation(), "notify::error", G_CALLBACK(count), &of_operation);
  g_signal_connect(graph.node, "notify::error", G_CALLBACK(count), &of_node);
  g_signal_connect(graph.node, "invalidated", G_CALLBACK(count), &invalidated);
  graph.blit<float>(kPicture, rgba());
  graph.blit<float>(kPicture, rgba());
  EXPECT_EQ(of_operation, 1);
  EXPECT_EQ(of_node, 1);
  EXPECT_EQ(invalidated, 0);
  EXPECT_EQ(engine.new_runs(), 1);
  EXPECT_EQ(log.warnings.size(), 1u);

  // The node itself listens to its parameters again.
  gegl_node_set(graph.node, "seed", 5, nullptr);
  EXPECT_GT(invalidated, 0);
}

TEST(FailureOnce, IsForgottenByTheNextRun) {
  Log log;
  auto input = pixels();
  Graph graph(kPicture, rgba(), input);
  {
    FakeEngine engine("fail");
    graph.blit<float>(kPicture, rgba());
    EXPECT_NE(graph.text("error"), "");
  }
  FakeEngine engine;
  gegl_node_set(graph.node, "seed", 0, nullptr);  // to run again, even with the same value
  EXPECT_EQ(graph.blit<float>(kPicture, rgba())[0], 1.0f - input[0]);
  EXPECT_EQ(graph.text("error"), "");
}

TEST(FailureOnce, NotifiesNobodyOffTheMainThread) {
  FakeEngine engine("fail");
  Log log;
  Graph graph(kPicture, rgba(), pixels());
  int notified = 0;
  g_signal_connect(graph.operation(), "notify::error", G_CALLBACK(count), &notified);
  std::thread([&] { graph.blit<float>(kPicture, rgba()); }).join();
  EXPECT_EQ(notified, 0);
  EXPECT_EQ(graph.text("error"), "The fake engine failed.");
}

TEST(Notice, ComesWithTheResultAndFromTheCache) {
  FakeEngine engine("notice");
  Log log;
  auto input = pixels();
  Graph first(kPicture, rgba(), input), second(kPicture, rgba(), input);
  EXPECT_EQ(first.blit<float>(kPicture, rgba())[0], 1.0f - input[0]);
  EXPECT_EQ(first.text("notice"), "The fake engine took a short cut.");
  EXPECT_EQ(first.text("error"), "");
  second.blit<float>(kPicture, rgba());
  EXPECT_EQ(second.text("notice"), "The fake engine took a short cut.");
  EXPECT_TRUE(log.warnings.empty());
  EXPECT_EQ(engine.new_runs(), 1);
}

}  // namespace
