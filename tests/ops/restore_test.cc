// SPDX-License-Identifier: GPL-3.0-or-later
// A network that was trained beforehand. The fake engine goes the way to the inverse that `strength` says.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "graph.h"

namespace {

const GeglRectangle kPicture = {-3, 8, 6, 5};
constexpr size_t kPixels = 6 * 5;
const Babl* rgba() { return format("R'G'B'A float"); }
constexpr char kName[] = "pentimento:restore";

TEST(Restore, WritesTheEnginesPixels) {
  const PretendedWeights weights;
  const auto input = noise<float>(4 * kPixels, 0.1f, 1);
  for (float strength : {1.0f, 0.25f}) {
    Graph graph(kPicture, rgba(), input, kName);
    gegl_node_set(graph.node, "strength", static_cast<double>(strength), nullptr);
    const auto output = graph.blit<float>(kPicture, rgba());
    for (size_t i = 0; i < output.size(); ++i)
      ASSERT_EQ(output[i], i % 4 == 3 ? input[i] : std::lerp(input[i], 1 - input[i], strength));
    EXPECT_EQ(graph.text("error") + graph.text("notice"), "");
  }
}

TEST(Restore, LeavesWhatAlphaHides) {
  const PretendedWeights weights;
  auto input = noise<float>(4 * kPixels, -1, 2);
  for (size_t p = 0; p < kPixels; ++p) input[4 * p + 3] = p % 3 ? 0.5f : 0;
  Graph graph(kPicture, format("RGBA float"), input, kName);
  const auto output = graph.blit<float>(kPicture, format("RGBA float"));
  for (size_t p = 0; p < kPixels; ++p)
    EXPECT_EQ(std::memcmp(&output[4 * p], &input[4 * p], 4 * sizeof(float)) == 0, p % 3 == 0) << p;
}

TEST(Restore, RestoresAGreyPicture) {
  const PretendedWeights weights;
  const auto input = noise<guint16>(kPixels, 0, 65535);
  Graph graph(kPicture, format("Y' u16"), input, kName);
  const auto output = graph.blit<guint16>(kPicture, format("Y' u16"));
  for (size_t p = 0; p < kPixels; ++p) EXPECT_NEAR(output[p], 65535 - input[p], 1);
}

// As a filter that stays, it costs nothing while it does nothing.
TEST(Restore, AtStrength0WantsNothing) {
  FakeEngine engine("fail");
  Log log;
  g_setenv("PENTIMENTO_WEIGHTS", "/no/such/folder", TRUE);
  const auto input = noise<float>(4 * kPixels, -1, 2);
  Graph graph(kPicture, rgba(), input, kName);
  gegl_node_set(graph.node, "strength", 0.0, nullptr);
  EXPECT_EQ(graph.blit<float>(kPicture, rgba()), input);
  g_unsetenv("PENTIMENTO_WEIGHTS");
  EXPECT_EQ(graph.text("error") + graph.text("notice"), "");
  EXPECT_EQ(engine.new_runs(), 0);
  EXPECT_TRUE(log.warnings.empty());
}

TEST(Restore, FindsTheWeightsOfItsTask) {
  FakeEngine engine;
  const PretendedWeights weights;
  const char* names[] = {"rain", "haze", "shadow"};
  for (int task = 0; task < 3; ++task) {
    Graph graph(kPicture, rgba(), noise<float>(4 * kPixels, 0.1f, 1), kName);
    gegl_node_set(graph.node, "task", task, nullptr);
    graph.blit<float>(kPicture, rgba());
    const std::string name = names[task];
    EXPECT_EQ(std::string(fake_engine_options())
                  .find("restore task=" + name + " strength=1 weights=" + weights.folder() + "/restore-" + name +
                        ".safetensors "),
              0u)
        << fake_engine_options();
  }
}

TEST(Restore, SaysWhatWeightsAreMissing) {
  FakeEngine engine;
  Log log;
  const Folder folder;
  const auto input = noise<float>(4 * kPixels, 0.1f, 1);
  const auto error = [&](const std::string& weights) {
    Graph graph(kPicture, rgba(), input, kName);
    gegl_node_set(graph.node, "weights", weights.c_str(), nullptr);
    EXPECT_EQ(graph.blit<float>(kPicture, rgba()), input);
    return graph.text("error");
  };
  g_setenv("PENTIMENTO_WEIGHTS", folder.path().c_str(), TRUE);
  EXPECT_EQ(error(""), "The weights file " + folder.file("restore-rain.safetensors") +
                           " is missing or cannot be read. Please install Pentimento again, or choose another file.");
  g_unsetenv("PENTIMENTO_WEIGHTS");
  EXPECT_EQ(error(folder.path()),  // a folder is no file
            "The weights file " + folder.path() +
                " cannot be read: please choose another one, or none for the one that comes with Pentimento.");
  EXPECT_EQ(engine.new_runs(), 0);
  EXPECT_EQ(log.warnings.size(), 2u);
}

// The kept result hangs on what the file holds, not on its name or place alone.
TEST(Restore, OtherWeightsAreAnotherRun) {
  FakeEngine engine;
  const Folder folder;
  const std::string file = folder.file("own.safetensors");
  const auto input = noise<float>(4 * kPixels, 0.1f, 1);
  const auto runs = [&](const char* content) {
    write_file(file, content);
    Graph graph(kPicture, rgba(), input, kName);
    gegl_node_set(graph.node, "weights", file.c_str(), nullptr);
    graph.blit<float>(kPicture, rgba());
    return engine.new_runs();
  };
  EXPECT_EQ(runs("one"), 1);
  EXPECT_EQ(runs("one"), 1);
  EXPECT_EQ(runs("two"), 2);
}

}  // namespace
