// SPDX-License-Identifier: GPL-3.0-or-later
// The operations with the real engine, on pictures so small that a few iterations take no time.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "graph.h"

namespace {

constexpr int kSide = 48;
const GeglRectangle kPicture = {-7, 11, kSide, kSide};
const Babl* rgba() { return format("R'G'B'A float"); }

// A noisy ramp; its alpha falls to 0 at the right edge.
std::vector<float> picture() {
  auto pixels = noise<float>(4 * kSide * kSide, -0.1f, 0.1f);
  for (int y = 0; y < kSide; ++y)
    for (int x = 0; x < kSide; ++x) {
      float* p = &pixels[4 * (y * kSide + x)];
      for (int c = 0; c < 3; ++c) p[c] += 0.2f + 0.6f * y / kSide;
      p[3] = 1 - x / (kSide - 1.0f);
    }
  return pixels;
}

class Engine : public testing::Test {
 protected:
  static Graph* new_graph(const GeglRectangle& extent, const std::vector<float>& pixels) {
    auto* graph = new Graph(extent, rgba(), pixels);
    gegl_node_set(graph->node, "quality", 0, "iterations", 5, "device", 1, nullptr);
    return graph;
  }

  static int count(GeglOperation*, GeglBuffer* estimate, gint64, gint64, gdouble, gdouble, gdouble, gpointer self) {
    auto* test = static_cast<Engine*>(self);
    ++test->reports_;
    if (estimate) {
      ++test->estimates_;
      EXPECT_LE(gegl_buffer_get_width(estimate), kSide);
      EXPECT_EQ(gegl_buffer_get_width(estimate), gegl_buffer_get_height(estimate));
    }
    return test->answer_;
  }

  static int count_parts(GeglOperation*, GeglBuffer* estimate, gint64, gint64, gdouble, gdouble, gdouble,
                         gpointer self) {
    ++static_cast<Engine*>(self)->reports_;
    if (estimate) {
      EXPECT_EQ(gegl_buffer_get_width(estimate), 3 * gegl_buffer_get_height(estimate));
    }
    return 0;
  }

  Log log_;
  int reports_ = 0, estimates_ = 0, answer_ = 0;
};

TEST_F(Engine, Denoises) {
  const auto input = picture();
  std::unique_ptr<Graph> graph(new_graph(kPicture, input));
  g_signal_connect(graph->operation(), "estimate", G_CALLBACK(count), this);
  const auto output = graph->blit<float>(kPicture, rgba());
  EXPECT_EQ(graph->text("error"), "");
  EXPECT_GT(reports_, 0);
  EXPECT_GT(estimates_, 0);
  double moved = 0;
  for (int p = 0; p < kSide * kSide; ++p) {
    ASSERT_EQ(output[4 * p + 3], input[4 * p + 3]);
    for (int c = 0; c < 3; ++c) {
      ASSERT_TRUE(std::isfinite(output[4 * p + c]));
      if (input[4 * p + 3] == 0) {
        ASSERT_EQ(output[4 * p + c], input[4 * p + c]);
      }
      moved += std::abs(output[4 * p + c] - input[4 * p + c]) / (3 * kSide * kSide);
    }
  }
  EXPECT_GT(moved, 0.01);
  EXPECT_LT(moved, 0.5);
}

// Every operation has its method, which takes what it is told.
class EngineMethod : public testing::TestWithParam<const char*> {};

TEST_P(EngineMethod, Answers) {
  Log log;
  const std::string name = std::string("pentimento:") + GetParam();
  auto input = picture();
  for (int p = 0; p < kSide * kSide; ++p) input[4 * p + 3] = p % 100 != 7;  // a few holes
  Graph graph(kPicture, rgba(), input, name.c_str());
  gegl_node_set(graph.node, "quality", 0, "iterations", 5, "device", 1, nullptr);
  if (name == "pentimento:flash-no-flash") graph.connect("aux", new_buffer(kPicture, rgba(), picture()));
  if (name == "pentimento:remove-watermark") {
    std::vector<float> mark(kSide * kSide, 0);
    std::fill_n(mark.begin(), 10 * kSide, 1);
    graph.connect("aux", new_buffer(kPicture, format("Y' float"), mark));
  }
  const GeglRectangle extent = gegl_node_get_bounding_box(graph.node);
  EXPECT_EQ(extent.width, name == "pentimento:super-resolution" ? 2 * kSide : kSide);
  const auto output = graph.blit<float>(extent, rgba());
  EXPECT_EQ(graph.text("error"), "");
  for (float v : output) ASSERT_TRUE(std::isfinite(v));
}

INSTANTIATE_TEST_SUITE_P(All, EngineMethod,
                         testing::Values("denoise", "inpaint", "super-resolution", "remove-jpeg-artifacts",
                                         "enhance-detail", "flash-no-flash", "dehaze", "separate-layers",
                                         "remove-watermark", "segment"),
                         [](const auto& info) {
                           std::string name = info.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

// Nodes that differ in their output alone cost one fit; while it runs, its parts are seen side by side.
TEST_F(Engine, MakesThePartsOfOnePictureAtOnce) {
  const auto input = picture();
  const auto part = [&](int output) {
    reports_ = 0;
    Graph graph(kPicture, rgba(), input, "pentimento:dehaze");
    gegl_node_set(graph.node, "quality", 1, "iterations", 5, "device", 1, "output", output, nullptr);
    g_signal_connect(graph.operation(), "estimate", G_CALLBACK(count_parts), this);
    const auto pixels = graph.blit<float>(kPicture, rgba());
    EXPECT_EQ(graph.text("error"), "");
    return pixels;
  };
  const auto clear = part(0);
  EXPECT_GT(reports_, 0);
  const auto transmission = part(1);
  EXPECT_EQ(reports_, 0);
  const auto airlight = part(2);
  EXPECT_EQ(reports_, 0);
  for (int p = 0; p < kSide * kSide; ++p) {
    if (input[4 * p + 3] == 0) continue;
    for (int c = 0; c < 3; ++c) {
      ASSERT_EQ(transmission[4 * p + c], transmission[4 * p]);
      ASSERT_EQ(airlight[4 * p + c], airlight[c]);
    }
    ASSERT_EQ(clear[4 * p + 3], input[4 * p + 3]);
  }
}

TEST_F(Engine, InpaintsNothingButTheHole) {
  auto input = picture();
  for (int p = 0; p < kSide * kSide; ++p) input[4 * p + 3] = 1;
  std::vector<float> mask(kSide * kSide, 0);
  for (int y = 20; y < 26; ++y)
    for (int x = 10; x < 18; ++x) {
      mask[y * kSide + x] = 1;
      for (int c = 0; c < 3; ++c) input[4 * (y * kSide + x) + c] = 40;  // must not be seen
    }
  Graph graph(kPicture, format("RGBA float"), input, "pentimento:inpaint");
  graph.connect("aux", new_buffer(kPicture, format("Y' float"), mask));
  gegl_node_set(graph.node, "quality", 0, "iterations", 5, "device", 1, nullptr);
  const auto output = graph.blit<float>(kPicture, format("RGBA float"));
  EXPECT_EQ(graph.text("error"), "");
  for (int i = 0; i < 4 * kSide * kSide; ++i) {
    if (mask[i / 4] == 0) {
      ASSERT_EQ(output[i], input[i]) << i;
    } else {
      ASSERT_LT(output[i], 2) << i;
    }
  }
}

TEST_F(Engine, CancelLeavesThePicture) {
  const auto input = picture();
  std::unique_ptr<Graph> graph(new_graph(kPicture, input));
  answer_ = 2;
  g_signal_connect(graph->operation(), "estimate", G_CALLBACK(count), this);
  EXPECT_EQ(graph->blit<float>(kPicture, rgba()), input);
  EXPECT_EQ(graph->text("error"), "");
  EXPECT_EQ(reports_, 1);
}

TEST_F(Engine, KeepGivesAnEstimate) {
  const auto input = picture();
  std::unique_ptr<Graph> graph(new_graph(kPicture, input));
  answer_ = 1;
  g_signal_connect(graph->operation(), "estimate", G_CALLBACK(count), this);
  EXPECT_NE(graph->blit<float>(kPicture, rgba()), input);
  EXPECT_EQ(graph->text("error"), "");
}

// Too small to fit, or full of what is no number: a finite result, or the input and one sentence. Never both or
// neither.
TEST_F(Engine, AnswersForEveryPicture) {
  const float nan = std::numeric_limits<float>::quiet_NaN(), infinity = std::numeric_limits<float>::infinity();
  for (const GeglRectangle& extent :
       {GeglRectangle{0, 0, 1, 1}, {0, 0, 1, 40}, {0, 0, 40, 1}, {0, 0, 3, 3}, {5, 5, 33, 17}}) {
    auto input = noise<float>(4 * extent.width * extent.height, 0.1f, 1);
    if (extent.width == 33) {
      input[4 * 40] = nan;
      input[4 * 50 + 1] = infinity;
      input[4 * 60 + 2] = -7;
    }
    std::unique_ptr<Graph> graph(new_graph(extent, input));
    const auto output = graph->blit<float>(extent, rgba());
    const std::string where = std::to_string(extent.width) + "x" + std::to_string(extent.height);
    if (graph->text("error").empty()) {
      EXPECT_NE(output, input) << where;
      for (float v : output) ASSERT_TRUE(std::isfinite(v)) << where;
    } else {
      EXPECT_EQ(output, input) << where;
    }
  }
}

// Where the weights are that Pentimento ships.
TEST_F(Engine, RestoresWhatItHasShrunkBitForBit) {
  const Folder folder;
  const std::string sidecar = folder.file("sidecar");
  const GeglRectangle odd = {-7, 11, kSide - 1, kSide - 3};
  const Babl* rgba8 = format("R'G'B'A u8");
  for (int scale : {2, 4}) {
    const std::string weights =
        std::string(g_getenv("PENTIMENTO_WEIGHTS")) + "/irn-x" + std::to_string(scale) + ".safetensors";
    if (!g_file_test(weights.c_str(), G_FILE_TEST_EXISTS)) GTEST_SKIP() << "no weights for scale " << scale;
    GeglBuffer* large = new_buffer(kPicture, rgba(), picture());
    Graph down(gegl_buffer_create_sub_buffer(large, &odd), "pentimento:rescale-down");
    std::vector<guint8> before(size_t{4} * odd.width * odd.height);
    gegl_buffer_get(large, &odd, 1.0, rgba8, before.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    g_object_unref(large);
    gegl_node_set(down.node, "scale", scale, "keep-details", TRUE, "sidecar", sidecar.c_str(), nullptr);
    const GeglRectangle box = gegl_node_get_bounding_box(down.node);
    const auto small = down.blit<guint8>(box, rgba8);
    EXPECT_EQ(down.text("error"), "");

    Graph up(new_buffer(box, rgba8, small), "pentimento:rescale-up");
    gegl_node_set(up.node, "sidecar", sidecar.c_str(), nullptr);
    EXPECT_EQ(up.blit<guint8>(gegl_node_get_bounding_box(up.node), rgba8), before) << scale;
    EXPECT_EQ(up.text("error") + up.text("notice"), "");
  }
}

TEST_F(Engine, RestoresByANetwork) {
  for (int task : {0, 1, 2}) {
    const std::string name = std::vector{"rain", "haze", "shadow"}[task];
    const std::string weights = std::string(g_getenv("PENTIMENTO_WEIGHTS")) + "/restore-" + name + ".safetensors";
    if (!g_file_test(weights.c_str(), G_FILE_TEST_EXISTS)) GTEST_SKIP() << "no weights for " << name;
    const auto input = picture();
    Graph graph(kPicture, rgba(), input, "pentimento:restore");
    gegl_node_set(graph.node, "task", task, "device", 1, nullptr);
    const auto output = graph.blit<float>(kPicture, rgba());
    EXPECT_NE(output, input) << graph.text("error");
    for (size_t i = 0; i < output.size(); ++i) ASSERT_TRUE(i % 4 == 3 ? output[i] == input[i] : output[i] < 2) << i;
  }
}

// How much of `result` is invented, pixel by pixel; made by inpainting.
std::vector<float> invented(const GeglRectangle& extent, const std::vector<float>& result,
                            const std::vector<float>& original, std::string* notice) {
  Graph graph(extent, rgba(), result, "pentimento:provenance");
  graph.connect("aux", new_buffer(extent, rgba(), original));
  gegl_node_set(graph.node, "made-by", 2, "output", 1, "device", 1, nullptr);
  const auto layer = graph.blit<float>(extent, rgba());
  EXPECT_EQ(graph.text("error"), "");
  *notice = graph.text("notice");
  std::vector<float> shares;
  for (size_t p = 0; p < layer.size() / 4; ++p) shares.push_back(layer[4 * p + 3]);
  return shares;
}

TEST_F(Engine, TellsThatACopyInventsNothing) {
  for (const GeglRectangle& extent : {kPicture, GeglRectangle{0, 0, 1, 1}, {0, 0, 40, 1}, {5, 5, 33, 17}}) {
    const auto picture = noise<float>(4 * extent.width * extent.height, 0.1f, 1);
    std::string notice;
    for (float share : invented(extent, picture, picture, &notice)) ASSERT_EQ(share, 0);
    EXPECT_EQ(notice, "Nothing was invented: what the result shows comes from the original.") << extent.width;
  }
}

TEST_F(Engine, TellsWhatFillsAHole) {
  auto original = picture();
  for (int p = 0; p < kSide * kSide; ++p) original[4 * p + 3] = 1;
  auto result = original;
  const auto in_hole = [](int p) { return p % kSide >= 10 && p % kSide < 22 && p / kSide >= 20 && p / kSide < 30; };
  const auto filling = noise<float>(4 * kSide * kSide, 0, 1);
  for (int p = 0; p < kSide * kSide; ++p)
    if (in_hole(p)) std::copy_n(&filling[4 * p], 3, &result[4 * p]);
  std::string notice;
  const auto shares = invented(kPicture, result, original, &notice);
  for (int p = 0; p < kSide * kSide; ++p) ASSERT_NEAR(shares[p], in_hole(p) ? 1 : 0, 1e-6) << p;
  EXPECT_NE(notice.find(" of the finest detail was invented"), std::string::npos) << notice;
}

TEST_F(Engine, SaysThatThereIsNoGpu) {
  if (g_file_test("/proc/driver/nvidia", G_FILE_TEST_EXISTS)) GTEST_SKIP() << "perhaps there is one";
  const auto input = picture();
  std::unique_ptr<Graph> graph(new_graph(kPicture, input));
  gegl_node_set(graph->node, "device", 2, nullptr);
  EXPECT_EQ(graph->blit<float>(kPicture, rgba()), input);
  EXPECT_NE(graph->text("error"), "");
  EXPECT_EQ(log_.warnings.size(), 1u);
}

}  // namespace
