// SPDX-License-Identifier: GPL-3.0-or-later
// What is told of a result: the report, and the notice. The fake engine's figures go by how far red is from the
// original's.
#include <gtest/gtest.h>
#include <json-glib/json-glib.h>

#include <cstring>
#include <limits>

#include "graph.h"

namespace {

const GeglRectangle kPicture = {4, -2, 7, 5};
constexpr size_t kPixels = 7 * 5;

class ProvenanceReport : public testing::Test {
 protected:
  static std::unique_ptr<Graph> comparing(const char* encoding, const std::vector<float>& result,
                                          const std::vector<float>& original) {
    auto graph = std::make_unique<Graph>(kPicture, format(encoding), result, "pentimento:provenance");
    graph->connect("aux", new_buffer(kPicture, format(encoding), original));
    return graph;
  }

  const Folder folder_;
  FakeEngine engine_;
  Log log_;
};

// The kept result brings its figures along: who asks again gets the same report.
TEST_F(ProvenanceReport, WritesAReport) {
  auto result = std::vector<float>(3 * kPixels, 0.5f), original = result;
  result[30] += 0.25f;  // in one pixel of 35
  std::string texts[2];
  for (int n : {0, 1}) {
    const std::string file = folder_.file(n ? "second.json" : "first.json");
    const auto graph = comparing("R'G'B' float", result, original);
    gegl_node_set(graph->node, "made-by", 4, "seeds", 2, "output", n, "report", file.c_str(), nullptr);
    graph->blit<float>(kPicture, format("R'G'B' float"));
    EXPECT_EQ(graph->text("error"), "");
    EXPECT_EQ(graph->text("notice"), "About 1 % of the finest detail was invented, and 0 % of all detail.");
    texts[n] = read_file(file);
  }
  EXPECT_EQ(engine_.new_runs(), 1);
  EXPECT_EQ(texts[0], texts[1]);

  g_autoptr(JsonNode) root = json_from_string(texts[0].c_str(), nullptr);
  ASSERT_TRUE(root);
  JsonObject* object = json_node_get_object(root);
  JsonArray* bands = json_object_get_array_member(object, "bands");
  ASSERT_EQ(json_array_get_length(bands), 5u);
  const double invented = 0.25 / kPixels;
  for (guint n = 0; n < 5; ++n) {
    JsonObject* band = json_array_get_object_element(bands, n);
    const auto number = [&](const char* name) { return json_object_get_double_member(band, name); };
    EXPECT_EQ(number("bits"), 5.0 - n);
    EXPECT_NEAR(number("invented"), invented / (n + 1), 1e-6);
    EXPECT_NEAR(number("retained") + number("extracted") + number("invented"), 1, 1e-6);
    EXPECT_EQ(number("redundancy"), -0.5);
    EXPECT_EQ(number("null_energy"), 0.25);
    EXPECT_EQ(number("seed_std"), 0.01);
  }
  for (const char* name : {"retained", "extracted", "invented", "null_energy", "consistency", "seed_std", "redundancy"})
    EXPECT_TRUE(JSON_NODE_HOLDS_VALUE(json_object_get_member(object, name))) << name;
  EXPECT_EQ(json_array_get_length(json_object_get_array_member(object, "verdict")), 1u);
}

TEST_F(ProvenanceReport, SaysTheTwoMostImportantThings) {
  FakeEngine engine("disagree");
  const auto picture = noise<float>(3 * kPixels, 0, 1);
  const auto graph = comparing("R'G'B' float", picture, picture);
  const std::string file = folder_.file("report.json");
  gegl_node_set(graph->node, "made-by", 2, "seeds", 2, "report", file.c_str(), nullptr);
  graph->blit<float>(kPicture, format("R'G'B' float"));
  EXPECT_EQ(graph->text("notice"),
            "Nothing was invented: what the result shows comes from the original. The result does not agree with the "
            "original: made small again, it is off by about 20 levels of 255.");
  g_autoptr(JsonNode) root = json_from_string(read_file(file).c_str(), nullptr);
  JsonArray* verdict = json_object_get_array_member(json_node_get_object(root), "verdict");
  EXPECT_EQ(json_array_get_length(verdict), 4u);
}

TEST_F(ProvenanceReport, AFailureLeavesThePictureAndNoReport) {
  FakeEngine engine("fail");
  const std::string file = folder_.file("report.json");
  write_file(file, "of an earlier run");
  auto result = noise<float>(4 * kPixels, -1, 2);
  result[0] = std::numeric_limits<float>::quiet_NaN();
  const auto graph = comparing("R'G'B'A float", result, result);
  gegl_node_set(graph->node, "report", file.c_str(), nullptr);
  const auto output = graph->blit<float>(kPicture, format("R'G'B'A float"));
  EXPECT_EQ(std::memcmp(output.data(), result.data(), 4 * result.size()), 0);
  EXPECT_EQ(graph->text("error"), "The fake engine failed.");
  EXPECT_EQ(read_file(file), "of an earlier run");
}

}  // namespace
