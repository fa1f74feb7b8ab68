// SPDX-License-Identifier: GPL-3.0-or-later
// A second picture on aux. The fake engine hands the flash picture back.
#include <gtest/gtest.h>

#include "graph.h"

namespace {

const GeglRectangle kPicture = {4, -2, 6, 5};
constexpr size_t kPixels = 6 * 5;
const Babl* rgb() { return format("R'G'B' float"); }
constexpr char kName[] = "pentimento:flash-no-flash";

TEST(FlashNoFlash, GetsTheFlashPictureWhereTheOtherLies) {
  FakeEngine engine;
  const auto input = noise<float>(3 * kPixels, 0, 1);
  const GeglRectangle larger = {0, -10, 20, 30};
  const auto flash = noise<float>(3 * 20 * 30, 0, 1);
  Graph graph(kPicture, rgb(), input, kName);
  graph.connect("aux", new_buffer(larger, rgb(), flash));
  EXPECT_TRUE(gegl_rectangle_equal(address(gegl_node_get_bounding_box(graph.node)), &kPicture));
  const auto output = graph.blit<float>(kPicture, rgb());
  EXPECT_EQ(engine.input(0), input);
  for (int y = 0; y < 5; ++y)
    for (int x = 0; x < 6; ++x)
      for (int c = 0; c < 3; ++c) ASSERT_EQ(output[(y * 6 + x) * 3 + c], flash[((y + 8) * 20 + x + 4) * 3 + c]);
  EXPECT_EQ(graph.text("error"), "");
}

TEST(FlashNoFlash, ComparesBothInTheSpaceOfTheInput) {
  FakeEngine engine;
  Graph graph(kPicture, format("R'G'B' u8", "Rec2020"), noise<guint8>(3 * kPixels, 0, 255), kName);
  std::vector<guint8> red(3 * kPixels, 0);
  for (size_t p = 0; p < kPixels; ++p) red[3 * p] = 255;
  graph.connect("aux", new_buffer(kPicture, format("R'G'B' u8"), red));
  graph.blit<guint8>(kPicture, format("R'G'B' u8", "Rec2020"));
  float expected[3];
  babl_process(babl_fish(format("R'G'B' u8"), format("R'G'B' float", "Rec2020")), red.data(), expected, 1);
  for (int c = 0; c < 3; ++c) EXPECT_NEAR(engine.input(1)[c], expected[c], 1e-4);
  EXPECT_LT(expected[0], 0.9f) << "or this tells nothing";
}

TEST(FlashNoFlash, GivesAGreyFlashPictureThreeChannels) {
  FakeEngine engine;
  Graph graph(kPicture, rgb(), noise<float>(3 * kPixels, 0, 1), kName);
  graph.connect("aux", new_buffer(kPicture, format("Y'A u8"), noise<guint8>(2 * kPixels, 1, 255)));
  graph.blit<float>(kPicture, rgb());
  EXPECT_EQ(engine.input(1).size(), 3 * kPixels);
}

TEST(FlashNoFlash, WantsAFlashPictureThatCoversTheOther) {
  FakeEngine engine;
  const auto input = noise<float>(3 * kPixels, 0, 1);
  const auto error = [&](const GeglRectangle* flash) {
    Log log;
    Graph graph(kPicture, rgb(), input, kName);
    if (flash) graph.connect("aux", gegl_buffer_new(flash, rgb()));
    EXPECT_EQ(graph.blit<float>(kPicture, rgb()), input);
    EXPECT_EQ(log.warnings, std::vector<std::string>{kName + (": " + graph.text("error"))});
    return graph.text("error");
  };
  const std::string missing = "The picture taken with flash is missing: please connect it to aux.";
  const std::string elsewhere = "The picture taken with flash does not cover the other one: please align the two.";
  EXPECT_EQ(error(nullptr), missing);
  EXPECT_EQ(error(GEGL_RECTANGLE(0, 0, 0, 0)), missing);
  EXPECT_EQ(error(GEGL_RECTANGLE(4, -2, 6, 4)), elsewhere);
  EXPECT_EQ(error(GEGL_RECTANGLE(100, 100, 6, 5)), elsewhere);
  EXPECT_EQ(engine.new_runs(), 0);
}

TEST(FlashNoFlash, AnotherFlashPictureIsAnotherRun) {
  FakeEngine engine;
  const auto input = noise<float>(3 * kPixels, 0, 1);
  for (int runs : {1, 2}) {
    Graph graph(kPicture, rgb(), input, kName);
    graph.connect("aux", new_buffer(kPicture, rgb(), noise<float>(3 * kPixels, 0, 1)));
    graph.blit<float>(kPicture, rgb());
    EXPECT_EQ(engine.new_runs(), runs);
  }
}

// Without an input there is nothing to restore, whatever lies on aux.
TEST(FlashNoFlash, AuxAloneGivesNothing) {
  FakeEngine engine;
  Graph graph(nullptr, kName);
  graph.connect("aux", new_buffer(kPicture, rgb(), noise<float>(3 * kPixels, 0.1f, 1)));
  EXPECT_TRUE(gegl_rectangle_is_empty(address(gegl_node_get_bounding_box(graph.node))));
  EXPECT_EQ(graph.blit<float>({5, 0, 1, 1}, rgb()), (std::vector<float>{0, 0, 0}));
  EXPECT_EQ(engine.new_runs(), 0);
}

}  // namespace
