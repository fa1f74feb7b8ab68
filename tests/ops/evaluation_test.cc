// SPDX-License-Identifier: GPL-3.0-or-later
// When the engine runs, and when it must not.
#include <gegl-plugin.h>
#include <gtest/gtest.h>

#include <thread>

#include "graph.h"

namespace {

const GeglRectangle kPicture = {0, 0, 6, 4};
const Babl* rgb() { return format("R'G'B' float"); }
std::vector<float> pixels() { return noise<float>(3 * 6 * 4, 0, 1); }

TEST(Evaluation, RunsOnceForAllParts) {
  FakeEngine engine;
  auto input = pixels();
  Graph graph(kPicture, rgb(), input);
  auto left = graph.blit<float>({0, 0, 2, 4}, rgb());
  auto right = graph.blit<float>({4, 1, 2, 2}, rgb());
  EXPECT_EQ(left[0], 1.0f - input[0]);
  EXPECT_EQ(right[0], 1.0f - input[(1 * 6 + 4) * 3]);
  EXPECT_EQ(engine.new_runs(), 1);
}

TEST(Evaluation, RunsOnceForEqualNodes) {
  FakeEngine engine;
  auto input = pixels();
  Graph first(kPicture, rgb(), input), second(kPicture, rgb(), input);
  EXPECT_EQ(first.blit<float>(kPicture, rgb()), second.blit<float>(kPicture, rgb()));
  EXPECT_EQ(engine.new_runs(), 1);
}

TEST(Evaluation, RunsAgainForOtherPixelsOrProperties) {
  FakeEngine engine;
  auto input = pixels();
  Graph graph(kPicture, rgb(), input);
  graph.blit<float>(kPicture, rgb());
  int runs = 1;
  EXPECT_EQ(engine.new_runs(), runs);
  for (auto [property, value] : {std::pair{"quality", 0}, {"iterations", 9}, {"seed", 3}, {"device", 1}}) {
    gegl_node_set(graph.node, property, value, nullptr);
    graph.blit<float>(kPicture, rgb());
    EXPECT_EQ(engine.new_runs(), ++runs) << property;
  }
  input[7] += 0.25f;
  Graph other(kPicture, rgb(), input);
  other.blit<float>(kPicture, rgb());
  EXPECT_EQ(engine.new_runs(), ++runs);
}

TEST(Evaluation, TheShapeIsPartOfThePicture) {
  FakeEngine engine;
  auto input = pixels();
  Graph wide(kPicture, rgb(), input), high({0, 0, 4, 6}, rgb(), input);
  wide.blit<float>(kPicture, rgb());
  high.blit<float>({0, 0, 4, 6}, rgb());
  EXPECT_EQ(engine.new_runs(), 2);
}

TEST(Evaluation, EqualNodesAtOnceRunOnce) {
  FakeEngine engine("slow");
  auto input = pixels();
  Graph first(kPicture, rgb(), input), second(kPicture, rgb(), input);
  std::vector<float> a, b;
  std::thread one([&] { a = first.blit<float>(kPicture, rgb()); });
  std::thread two([&] { b = second.blit<float>(kPicture, rgb()); });
  one.join();
  two.join();
  EXPECT_EQ(engine.new_runs(), 1);
  EXPECT_EQ(a[0], 1.0f - input[0]);
  EXPECT_EQ(a, b);
}

TEST(Evaluation, AChangedInputIsWorkedAnew) {
  FakeEngine engine;
  auto input = pixels();
  GeglBuffer* buffer = new_buffer(kPicture, rgb(), input);
  Graph graph(GEGL_BUFFER(g_object_ref(buffer)));
  graph.blit<float>(kPicture, rgb());
  const float white[3] = {1, 1, 1};
  gegl_buffer_set(buffer, GEGL_RECTANGLE(2, 2, 1, 1), 0, rgb(), white, GEGL_AUTO_ROWSTRIDE);
  // Another corner than the one that was painted: all of it depends on all of the input.
  graph.blit<float>({0, 0, 1, 1}, rgb());
  EXPECT_EQ(engine.new_runs(), 2);
  EXPECT_EQ(graph.blit<float>({2, 2, 1, 1}, rgb())[0], 0.0f);
  g_object_unref(buffer);
}

// What a host asks before it runs anything: any part of the result needs, and hangs on, the whole input.
TEST(Evaluation, KnowsItsExtents) {
  FakeEngine engine;
  GeglBuffer* buffer = new_buffer(kPicture, rgb(), pixels());
  Graph graph(GEGL_BUFFER(g_object_ref(buffer)));
  gegl_node_get_bounding_box(graph.node);
  const GeglRectangle part = {1, 1, 2, 2};
  for (const GeglRectangle& region : {gegl_operation_get_required_for_output(graph.operation(), "input", &part),
                                      gegl_operation_get_cached_region(graph.operation(), &part)}) {
    EXPECT_TRUE(gegl_rectangle_equal(&region, &kPicture));
  }

  GeglRectangle changed = {};
  auto on_invalidated = [](GeglNode*, const GeglRectangle* area, GeglRectangle* all) {
    gegl_rectangle_bounding_box(all, all, area);
  };
  g_signal_connect(graph.node, "invalidated", G_CALLBACK(+on_invalidated), &changed);
  const float white[3] = {1, 1, 1};
  gegl_buffer_set(buffer, GEGL_RECTANGLE(2, 2, 1, 1), 0, rgb(), white, GEGL_AUTO_ROWSTRIDE);
  EXPECT_TRUE(gegl_rectangle_equal(&changed, &kPicture));
  g_object_unref(buffer);
}

TEST(Evaluation, PassesAnInfinitePlaneThrough) {
  FakeEngine engine;
  Graph graph(nullptr);
  GeglColor* red = gegl_color_new("rgb(1.0, 0.0, 0.0)");
  GeglNode* plane = gegl_node_new_child(graph.root, "operation", "gegl:color", "value", red, nullptr);
  gegl_node_link(plane, graph.node);
  EXPECT_TRUE(gegl_rectangle_is_infinite_plane(address(gegl_node_get_bounding_box(graph.node))));
  EXPECT_EQ(graph.blit<float>({5, 5, 1, 1}, rgb()), (std::vector<float>{1, 0, 0}));
  EXPECT_EQ(engine.new_runs(), 0);
  g_object_unref(red);
}

TEST(Evaluation, PassesNothingThrough) {
  FakeEngine engine;
  Graph empty(gegl_buffer_new(GEGL_RECTANGLE(0, 0, 0, 0), rgb()));
  EXPECT_EQ(empty.blit<float>({0, 0, 1, 1}, rgb()), (std::vector<float>{0, 0, 0}));
  Graph unconnected(nullptr);
  EXPECT_EQ(unconnected.blit<float>({0, 0, 1, 1}, rgb()), (std::vector<float>{0, 0, 0}));
  EXPECT_EQ(engine.new_runs(), 0);
}

}  // namespace
