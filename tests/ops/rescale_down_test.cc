// SPDX-License-Identifier: GPL-3.0-or-later
// Shrinking. The fake engine takes the means of boxes.
#include <gegl-plugin.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "rescale_test.h"

namespace {

const GeglRectangle kPicture = {-3, 10, 7, 5};
constexpr size_t kPixels = 7 * 5;
const Babl* rgb() { return format("R'G'B' float"); }
const Babl* rgba() { return format("R'G'B'A float"); }

// The mean of channel `c` over the box of pixel (x, y), each pixel weighted by weight(it).
template <class Weight>
double mean(const std::vector<float>& pixels, int channels, int scale, int x, int y, int c, Weight weight) {
  double sum = 0, weights = 0;
  for (int v = y * scale; v < std::min((y + 1) * scale, kPicture.height); ++v)
    for (int u = x * scale; u < std::min((x + 1) * scale, kPicture.width); ++u) {
      const float* pixel = &pixels[(v * kPicture.width + u) * channels];
      sum += weight(pixel) * pixel[c];
      weights += weight(pixel);
    }
  return weights > 0 ? sum / weights : 0;
}

double one(const float*) { return 1; }
double alpha(const float* pixel) { return pixel[3]; }
float in_8_bits(double v) { return static_cast<float>(std::round(v * 255) / 255); }

class RescaleDown : public testing::Test {
 protected:
  const PretendedWeights weights_;
  const Folder folder_;
  FakeEngine engine_;
  Log log_;
};

TEST_F(RescaleDown, HasTheShrunkExtent) {
  struct Case {
    GeglRectangle large;
    int scale;
    GeglRectangle small;
  };
  for (const Case& c : {Case{kPicture, 2, {-2, 5, 4, 3}}, Case{kPicture, 4, {-1, 2, 2, 2}},
                        Case{{0, 0, 8, 12}, 4, {0, 0, 2, 3}}, Case{{5, -5, 1, 1}, 2, {2, -3, 1, 1}},
                        Case{{0, 0, 1, 1}, 4, {0, 0, 1, 1}}, Case{{-8, 9, 1, 9}, 4, {-2, 2, 1, 3}}}) {
    const auto graph =
        shrinking(new_buffer(c.large, rgb(), noise<float>(3 * c.large.width * c.large.height, 0, 1)), c.scale);
    EXPECT_TRUE(gegl_rectangle_equal(address(gegl_node_get_bounding_box(graph->node)), &c.small));
    const GeglRectangle part = {c.small.x, c.small.y, 1, 1};
    EXPECT_TRUE(gegl_rectangle_equal(address(gegl_operation_get_cached_region(graph->operation(), &part)), &c.small));
    EXPECT_TRUE(gegl_rectangle_equal(
        address(gegl_operation_get_required_for_output(graph->operation(), "input", &part)), &c.large));
    whole<float>(*graph, rgb());
    EXPECT_EQ(graph->text("error"), "");
  }
}

TEST_F(RescaleDown, WritesTheEnginesPixels) {
  for (int scale : {2, 4}) {
    const auto input = noise<float>(3 * kPixels, 0, 1);
    const auto graph = shrinking(new_buffer(kPicture, rgb(), input), scale);
    const int width = (kPicture.width + scale - 1) / scale;
    const auto output = whole<float>(*graph, rgb());
    for (size_t i = 0; i < output.size(); ++i) {
      const int p = static_cast<int>(i / 3);
      ASSERT_EQ(output[i], in_8_bits(mean(input, 3, scale, p % width, p / width, i % 3, one)));
    }
  }
  EXPECT_EQ(engine_.new_runs(), 2);
}

// What a file of 8 bits will hold is there already, in each model that a picture may have.
TEST_F(RescaleDown, GivesWhat8BitsHold) {
  for (const char* model : {"Y' float", "Y'A float", "RGB float", "RaGaBaA float", "R'G'B'A u16", "Y u16"}) {
    const size_t channels = babl_format_get_n_components(format(model));
    GeglBuffer* picture = gegl_buffer_new(&kPicture, format(model));
    auto values = noise<float>(4 * kPixels, 0.2f, 0.9f);
    gegl_buffer_set(picture, &kPicture, 0, rgba(), values.data(), GEGL_AUTO_ROWSTRIDE);
    const auto graph = shrinking(picture, 2);
    const bool grey = channels < 3;
    for (float v : whole<float>(*graph, grey ? format("Y'A float") : rgba()))
      ASSERT_NEAR(v * 255, std::round(v * 255), 0.01) << model;
  }
}

TEST_F(RescaleDown, KeepsWhatIsOutOfRange) {
  std::vector<float> input(3 * kPixels, 0.5f);
  for (int i : {0, 3, 21, 24}) input[i] = 3;      // the first box, red
  for (int i : {1, 4, 22, 25}) input[i] = -0.5f;  // and green
  const auto output = whole<float>(*shrinking(new_buffer(kPicture, rgb(), input), 2), rgb());
  EXPECT_EQ(output[0], 3);
  EXPECT_EQ(output[1], -0.5f);
  EXPECT_EQ(output[2], in_8_bits(0.5));
}

TEST_F(RescaleDown, ShrinksAlphaByMeans) {
  for (int scale : {2, 4}) {
    const auto input = noise<float>(4 * kPixels, 0.1f, 1);
    const auto graph = shrinking(new_buffer(kPicture, rgba(), input), scale);
    const int width = (kPicture.width + scale - 1) / scale;
    const auto output = whole<float>(*graph, rgba());
    for (size_t p = 0; p < output.size() / 4; ++p)
      ASSERT_NEAR(output[4 * p + 3],
                  in_8_bits(mean(input, 4, scale, static_cast<int>(p) % width, static_cast<int>(p) / width, 3, one)),
                  1e-6);
  }
}

// The engine sees the colours that can be seen, and others like them where alpha hides some.
TEST_F(RescaleDown, HidesWhatAlphaHides) {
  auto input = noise<float>(4 * kPixels, 0.1f, 0.3f);
  for (size_t p = 0; p < kPixels; ++p) {
    const size_t x = p % 7, y = p / 7;
    const bool hidden = x == 0 || x == 3 || x == 4 || y == 0 || y == 2;
    input[4 * p + 3] = hidden ? 0 : 1;
    if (hidden) input[4 * p] = input[4 * p + 1] = input[4 * p + 2] = 0.9f;
  }
  whole<float>(*shrinking(new_buffer(kPicture, rgba(), input), 2), rgba());
  const auto seen = FakeEngine::input(0);
  const auto expect_color_of = [&](int x, int y, int like_x, int like_y) {
    for (int c = 0; c < 3; ++c)
      EXPECT_EQ(seen[(y * 7 + x) * 3 + c], input[(like_y * 7 + like_x) * 4 + c]) << x << ' ' << y;
  };
  for (int y : {1, 3, 4})
    for (int x = 0; x < 7; ++x) expect_color_of(x, y, x == 0 ? 1 : x == 3 ? 2 : x == 4 ? 5 : x, y);
  expect_color_of(6, 0, 6, 1);
  expect_color_of(6, 2, 6, 1);
}

TEST_F(RescaleDown, AFailureLeavesAnOrdinaryShrinking) {
  const FakeEngine engine("fail");
  auto input = noise<float>(4 * kPixels, 0.1f, 1);
  input[3] = 0;
  const auto graph = shrinking(new_buffer(kPicture, rgba(), input), 4, folder_.file("sidecar"));
  const auto output = whole<float>(*graph, rgba());
  ASSERT_EQ(output.size(), 4u * 2 * 2);
  for (size_t i = 0; i < output.size(); ++i) {
    const int x = i / 4 % 2, y = static_cast<int>(i / 8), c = i % 4;
    ASSERT_NEAR(output[i], mean(input, 4, 4, x, y, c, c == 3 ? one : alpha), 1e-4) << i;
  }
  EXPECT_EQ(graph->text("error"), "The fake engine failed.");
  EXPECT_FALSE(g_file_test(folder_.file("sidecar").c_str(), G_FILE_TEST_EXISTS));
}

TEST_F(RescaleDown, SaysWhichWeightsAreMissing) {
  const auto graph = shrinking(new_buffer(kPicture, rgb(), noise<float>(3 * kPixels, 0, 1)), 4);
  std::filesystem::remove(weights_.folder() + "/irn-x4.safetensors");
  whole<float>(*graph, rgb());
  EXPECT_EQ(graph->text("error"), "The weights file " + weights_.folder() +
                                      "/irn-x4.safetensors is missing or cannot be read. Please install Pentimento "
                                      "again, or choose another file.");
  for (const std::string& path : {folder_.file("none"), folder_.path()}) {
    gegl_node_set(graph->node, "weights", path.c_str(), nullptr);
    whole<float>(*graph, rgb());
    EXPECT_EQ(graph->text("error"), "The weights file " + path +
                                        " cannot be read: please choose another one, or none for the one that comes "
                                        "with Pentimento.");
  }
  EXPECT_EQ(engine_.new_runs(), 0);
}

// A file of the same name may hold other weights the next time.
TEST_F(RescaleDown, TheContentOfTheWeightsIsPartOfTheKey) {
  const auto input = noise<float>(3 * kPixels, 0, 1);
  const auto run = [&] {
    const auto graph = shrinking(new_buffer(kPicture, rgb(), input), 2);
    gegl_node_set(graph->node, "weights", folder_.file("own").c_str(), nullptr);
    whole<float>(*graph, rgb());
    EXPECT_NE(std::string(fake_engine_options()).find("weights=" + folder_.file("own")), std::string::npos);
    return engine_.new_runs();
  };
  write_file(folder_.file("own"), "first");
  EXPECT_EQ(run(), 1);
  EXPECT_EQ(run(), 1);
  write_file(folder_.file("own"), "other");
  EXPECT_EQ(run(), 2);
}

TEST_F(RescaleDown, DetailsNeedASidecar) {
  const auto input = noise<float>(3 * kPixels, 0, 1);
  const auto graph = shrinking(new_buffer(kPicture, rgb(), input), 2, "", true);
  whole<float>(*graph, rgb());
  EXPECT_EQ(graph->text("error"),
            "Say where to keep the details: set sidecar to the file that is to hold them, or keep none.");
  EXPECT_EQ(engine_.new_runs(), 0);
}

TEST_F(RescaleDown, ASidecarThatCannotBeWrittenLeavesTheSmallPicture) {
  const auto input = noise<float>(3 * kPixels, 0, 1);
  const auto graph = shrinking(new_buffer(kPicture, rgb(), input), 2, folder_.file("no folder/sidecar"), true);
  EXPECT_EQ(whole<float>(*graph, rgb())[0], in_8_bits(mean(input, 3, 2, 0, 0, 0, one)));
  EXPECT_NE(graph->text("error").find("please choose another file for the sidecar"), std::string::npos);
  EXPECT_EQ(graph->text("notice"), "");
}

TEST_F(RescaleDown, ComputesDetailsOnTheProcessorAndSaysTheirSize) {
  const auto input = noise<float>(3 * kPixels, 0, 1);
  const auto graph = shrinking(new_buffer(kPicture, rgb(), input), 2, folder_.file("sidecar"), true);
  gegl_node_set(graph->node, "device", 2, nullptr);
  whole<float>(*graph, rgb());
  EXPECT_EQ(std::string(fake_engine_options())
                .find("rescale-up scale=2 weights=" + weights_.folder() +
                      "/irn-x2.safetensors width=7 height=5 device=cpu threads="),
            0u);
  const std::string notice = graph->text("notice"), sidecar = read_file(folder_.file("sidecar"));
  const size_t details = sidecar.size() - sidecar.find('\n') - 1;
  g_autofree char* size = g_format_size(details);
  EXPECT_EQ(notice.find("The details take " + std::string(size) + "; the small picture has 4 x 3 pixels (about "), 0u)
      << notice;
}

TEST_F(RescaleDown, SaysWhatTheEngineSaysToo) {
  const FakeEngine engine("notice");
  const auto input = noise<float>(3 * kPixels, 0, 1);
  const auto graph = shrinking(new_buffer(kPicture, rgb(), input), 2, folder_.file("sidecar"), true);
  whole<float>(*graph, rgb());
  EXPECT_EQ(graph->text("notice").find("The fake engine took a short cut. The details take "), 0u);
}

// A handler that answers `answer` to the run of rescale-up, which follows the one of rescale-down.
void answer_second_run(Graph& graph, int* answer) {
  g_signal_connect(graph.operation(), "estimate",
                   G_CALLBACK(+[](GeglOperation*, GeglBuffer*, gint64, gint64, gdouble, gdouble, gdouble, int* a) {
                     return std::string(fake_engine_options()).find("rescale-up") == 0 ? *a : 0;
                   }),
                   answer);
}

TEST_F(RescaleDown, ACancelKeepsNothing) {
  int cancel = 2;
  const auto input = noise<float>(3 * kPixels, 0, 1);
  const auto graph = shrinking(new_buffer(kPicture, rgb(), input), 2, folder_.file("sidecar"), true);
  answer_second_run(*graph, &cancel);
  EXPECT_NEAR(whole<float>(*graph, rgb())[0], mean(input, 3, 2, 0, 0, 0, one), 1e-5) << "not in 8 bits";
  EXPECT_EQ(graph->text("error") + graph->text("notice"), "");
  EXPECT_FALSE(g_file_test(folder_.file("sidecar").c_str(), G_FILE_TEST_EXISTS));
}

TEST_F(RescaleDown, AStopKeepsTheNoteAlone) {
  int keep = 1;
  const auto input = noise<float>(3 * kPixels, 0, 1);
  const auto graph = shrinking(new_buffer(kPicture, rgb(), input), 2, folder_.file("sidecar"), true);
  answer_second_run(*graph, &keep);
  EXPECT_EQ(whole<float>(*graph, rgb())[0], in_8_bits(mean(input, 3, 2, 0, 0, 0, one)));
  EXPECT_EQ(graph->text("notice"), "The run was stopped before the details were complete, so none are kept.");
  const std::string sidecar = read_file(folder_.file("sidecar"));
  EXPECT_EQ(sidecar.find('\n'), sidecar.size() - 1);
}

}  // namespace
