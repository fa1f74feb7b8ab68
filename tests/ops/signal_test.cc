// SPDX-License-Identifier: GPL-3.0-or-later
// The public "estimate" signal: ops/README.md states its contract.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <thread>

#include "graph.h"

namespace {

const GeglRectangle kPicture = {0, 0, 6, 4};
const Babl* rgb() { return format("R'G'B' float"); }
std::vector<float> pixels() { return noise<float>(3 * 6 * 4, 0, 0.4f); }

// A handler that answers `answer` from iteration `when` on.
struct Handler {
  explicit Handler(int answer = 0, gint64 when = 0) : answer(answer), when(when) {}

  const int answer;
  const gint64 when;
  std::vector<gint64> seen;
  std::thread::id thread;
  gint64 iterations = 0;
  double elapsed = 0, first_remaining = 0, last_remaining = 0, loss = 0;
  std::vector<float> estimate;
  GeglRectangle extent = {};

  static int on_estimate(GeglOperation*, GeglBuffer* buffer, gint64 iteration, gint64 iterations, gdouble elapsed,
                         gdouble remaining, gdouble loss, gpointer user) {
    auto* self = static_cast<Handler*>(user);
    if (self->seen.empty()) self->first_remaining = remaining;
    self->seen.push_back(iteration);
    self->thread = std::this_thread::get_id();
    self->iterations = iterations;
    self->elapsed = elapsed;
    self->last_remaining = remaining;
    self->loss = loss;
    if (buffer) {
      self->extent = *gegl_buffer_get_extent(buffer);
      self->estimate.resize(3);
      EXPECT_EQ(gegl_buffer_get_format(buffer), rgb());
      gegl_buffer_get(buffer, GEGL_RECTANGLE(0, 0, 1, 1), 1.0, rgb(), self->estimate.data(), GEGL_AUTO_ROWSTRIDE,
                      GEGL_ABYSS_NONE);
    }
    return iteration >= self->when ? self->answer : 0;
  }

  void connect(Graph& graph) { g_signal_connect(graph.operation(), "estimate", G_CALLBACK(on_estimate), this); }
};

TEST(EstimateSignal, TellsEverythingInOrder) {
  FakeEngine engine;
  Graph graph(kPicture, rgb(), pixels());
  Handler handler;
  handler.connect(graph);
  graph.blit<float>(kPicture, rgb());

  EXPECT_EQ(handler.seen, (std::vector<gint64>{1, 2, 3, 4}));
  EXPECT_EQ(handler.iterations, 4);
  EXPECT_EQ(handler.elapsed, 2.0);
  EXPECT_EQ(handler.first_remaining, -1);
  EXPECT_EQ(handler.last_remaining, 0);
  EXPECT_EQ(handler.loss, 0.25);
  EXPECT_EQ(handler.estimate, (std::vector<float>{1, 0.5f, 0.25f}));
  EXPECT_TRUE(gegl_rectangle_equal(&handler.extent, GEGL_RECTANGLE(0, 0, 1, 1)));
}

TEST(EstimateSignal, ComesOnTheThreadThatRunsTheNode) {
  FakeEngine engine("slow");
  auto input = pixels();
  Graph graph(kPicture, rgb(), input);
  Handler handler;
  handler.connect(graph);

  GMainLoop* loop = g_main_loop_new(nullptr, FALSE);
  int ticks = 0;
  const guint timer =
      g_timeout_add(5, [](gpointer n) -> gboolean { return ++*static_cast<int*>(n), G_SOURCE_CONTINUE; }, &ticks);
  std::vector<float> output;
  std::thread worker([&] {
    output = graph.blit<float>(kPicture, rgb());
    g_main_loop_quit(loop);
  });
  const auto worker_id = worker.get_id();
  g_main_loop_run(loop);
  worker.join();
  g_source_remove(timer);
  g_main_loop_unref(loop);

  EXPECT_EQ(handler.thread, worker_id);
  EXPECT_EQ(handler.seen.size(), 40u);
  EXPECT_GT(ticks, 3);
  EXPECT_EQ(output[0], 1.0f - input[0]);
}

// GEGL would share out a large picture among its threads, if the operation let it.
TEST(EstimateSignal, ComesFromOneThreadForALargePicture) {
  FakeEngine engine;
  const GeglRectangle large = {0, 0, 1024, 1024};
  Graph graph(large, rgb(), noise<float>(size_t{3} * large.width * large.height, 0, 1));
  Handler handler;
  handler.connect(graph);
  graph.blit<float>(large, rgb());
  EXPECT_EQ(handler.seen, (std::vector<gint64>{1, 2, 3, 4}));
  EXPECT_EQ(handler.thread, std::this_thread::get_id());
}

TEST(EstimateSignal, KeepHandsOutTheEstimate) {
  FakeEngine engine;
  Graph graph(kPicture, rgb(), pixels());
  Handler handler(1, 2);
  handler.connect(graph);
  EXPECT_EQ(graph.blit<float>(kPicture, rgb())[0], 0.5f);  // what the fake engine keeps
  EXPECT_EQ(handler.seen.size(), 2u);
  EXPECT_EQ(graph.text("error"), "");
}

TEST(EstimateSignal, CancelLeavesThePicture) {
  FakeEngine engine;
  Log log;
  auto input = pixels();
  Graph graph(kPicture, rgb(), input);
  Handler handler(2, 2);
  handler.connect(graph);
  EXPECT_EQ(graph.blit<float>(kPicture, rgb()), input);
  EXPECT_EQ(handler.seen.size(), 2u);
  EXPECT_EQ(graph.text("error"), "");
  EXPECT_TRUE(log.warnings.empty());
}

TEST(EstimateSignal, ACancelledRunIsNotKept) {
  FakeEngine engine;
  auto input = pixels();
  Graph cancelled(kPicture, rgb(), input), next(kPicture, rgb(), input);
  Handler handler(2);
  handler.connect(cancelled);
  cancelled.blit<float>(kPicture, rgb());
  EXPECT_EQ(next.blit<float>(kPicture, rgb())[0], 1.0f - input[0]);
  EXPECT_EQ(engine.new_runs(), 2);
}

TEST(EstimateSignal, TheStrongestAnswerWins) {
  FakeEngine engine;
  auto input = pixels();
  Graph graph(kPicture, rgb(), input);
  Handler cancels(2), keeps(1), goes_on;
  cancels.connect(graph);
  keeps.connect(graph);
  goes_on.connect(graph);
  EXPECT_EQ(graph.blit<float>(kPicture, rgb()), input);
  EXPECT_EQ(goes_on.seen.size(), 1u);
}

// Nodes that take other parts of the same run, or an export, get what the user accepted; "Restore" again fits anew.
TEST(EstimateSignal, AnEarlyResultIsForThoseWhoDoNotWatch) {
  FakeEngine engine;
  auto input = pixels();
  Graph kept(kPicture, rgb(), input), passing(kPicture, rgb(), input), again(kPicture, rgb(), input);
  Handler keeps(1), watches;
  keeps.connect(kept);
  kept.blit<float>(kPicture, rgb());
  EXPECT_EQ(passing.blit<float>(kPicture, rgb())[0], 0.5f);
  EXPECT_EQ(engine.new_runs(), 1);

  watches.connect(again);
  EXPECT_EQ(again.blit<float>(kPicture, rgb())[0], 1.0f - input[0]);
  EXPECT_EQ(engine.new_runs(), 2);

  Graph last(kPicture, rgb(), input);
  EXPECT_EQ(last.blit<float>(kPicture, rgb())[0], 1.0f - input[0]) << "the full result replaces the early one";
  EXPECT_EQ(engine.new_runs(), 2);
}

TEST(EstimateSignal, WhoWaitsForAnEqualNodeCanCancel) {
  FakeEngine engine("slow");
  auto input = pixels();
  Graph first(kPicture, rgb(), input), second(kPicture, rgb(), input);
  Handler cancels(2);
  std::atomic<bool> in_work = false;
  g_signal_connect(first.operation(), "estimate",
                   G_CALLBACK(+[](GeglOperation*, GeglBuffer*, gint64, gint64, gdouble, gdouble, gdouble, gpointer p) {
                     *static_cast<std::atomic<bool>*>(p) = true;
                     return 0;
                   }),
                   &in_work);
  std::vector<float> a;
  std::thread one([&] { a = first.blit<float>(kPicture, rgb()); });
  while (!in_work) std::this_thread::yield();
  cancels.connect(second);
  EXPECT_EQ(second.blit<float>(kPicture, rgb()), input);
  EXPECT_EQ(cancels.seen, (std::vector<gint64>{0}));
  EXPECT_TRUE(std::isnan(cancels.loss));
  one.join();
  EXPECT_EQ(a[0], 1.0f - input[0]);
  EXPECT_EQ(engine.new_runs(), 1);
}

TEST(EstimateSignal, AHandlerThatRunsAnotherNodeIsToldSo) {
  FakeEngine engine;
  Log log;
  Graph outer(kPicture, rgb(), pixels());
  auto input = pixels();
  Graph inner(kPicture, rgb(), input);
  g_signal_connect(outer.operation(), "estimate",
                   G_CALLBACK(+[](GeglOperation*, GeglBuffer*, gint64, gint64, gdouble, gdouble, gdouble, gpointer p) {
                     static_cast<Graph*>(p)->blit<float>(kPicture, rgb());
                     return 0;
                   }),
                   &inner);
  outer.blit<float>(kPicture, rgb());
  EXPECT_EQ(inner.blit<float>(kPicture, rgb()), input);
  EXPECT_NE(inner.text("error"), "");
  EXPECT_EQ(outer.text("error"), "");
  EXPECT_EQ(engine.new_runs(), 1);
}

TEST(EstimateSignal, GeglsOwnProgressFollowsOnTheMainThread) {
  FakeEngine engine;
  Graph graph(kPicture, rgb(), pixels());
  std::vector<double> progress;
  g_signal_connect(graph.node, "progress", G_CALLBACK(+[](GeglNode*, gdouble p, gpointer v) {
                     static_cast<std::vector<double>*>(v)->push_back(p);
                   }),
                   &progress);
  graph.blit<float>(kPicture, rgb());
  EXPECT_EQ(progress, (std::vector<double>{0.25, 0.5, 0.75, 1}));
}

}  // namespace
