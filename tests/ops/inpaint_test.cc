// SPDX-License-Identifier: GPL-3.0-or-later
// What counts as a hole, and what becomes of it. The fake engine sets holes to 0.25, soft ones as far as they are
// holes.
#include <gtest/gtest.h>

#include <cmath>

#include "graph.h"

namespace {

const GeglRectangle kPicture = {-3, 10, 7, 5};
constexpr size_t kPixels = 7 * 5;
const Babl* rgb() { return format("R'G'B' float"); }
const Babl* rgba() { return format("R'G'B'A float"); }
const Babl* grey() { return format("Y' float"); }

struct Inpaint : Graph {
  template <class T>
  Inpaint(const Babl* format, const std::vector<T>& pixels) : Graph(kPicture, format, pixels, "pentimento:inpaint") {}
};

std::vector<float> colours() { return noise<float>(3 * kPixels, 0.3f, 1); }

// With alpha 1.
std::vector<float> opaque() {
  auto pixels = noise<float>(4 * kPixels, 0.3f, 1);
  for (size_t p = 0; p < kPixels; ++p) pixels[4 * p + 3] = 1;
  return pixels;
}

TEST(Inpaint, FillsWhatTheMaskCovers) {
  FakeEngine engine;
  const auto input = colours();
  std::vector<float> mask(kPixels, 0);
  mask[3] = mask[20] = 1;
  mask[4] = 0.5f;  // a soft edge
  Inpaint graph(rgb(), input);
  graph.connect("aux", new_buffer(kPicture, grey(), mask));
  const auto output = graph.blit<float>(kPicture, rgb());
  EXPECT_EQ(engine.input(1), mask);
  for (size_t i = 0; i < input.size(); ++i) {
    const float m = mask[i / 3];
    ASSERT_EQ(output[i], m == 0 ? input[i] : input[i] + (0.25f - input[i]) * m) << i;
  }
  EXPECT_EQ(graph.text("error"), "");
}

// GEGL's coordinates tell where a mask lies; beyond it there is no hole.
TEST(Inpaint, AlignsTheMask) {
  for (const GeglRectangle& place : {GeglRectangle{-1, 11, 2, 3}, {-100, -100, 99, 112}, {2, 14, 50, 50}}) {
    FakeEngine engine;
    Inpaint graph(rgb(), colours());
    const std::vector<float> white(size_t(place.width) * place.height, 1);
    graph.connect("aux", new_buffer(place, grey(), white));
    graph.blit<float>(kPicture, rgb());
    EXPECT_TRUE(gegl_rectangle_equal(address(gegl_node_get_bounding_box(graph.node)), &kPicture));
    std::vector<float> expected;
    for (int y = kPicture.y; y < kPicture.y + kPicture.height; ++y)
      for (int x = kPicture.x; x < kPicture.x + kPicture.width; ++x)
        expected.push_back(x >= place.x && x < place.x + place.width && y >= place.y && y < place.y + place.height);
    EXPECT_EQ(engine.input(1), expected) << place.x;
  }
}

TEST(Inpaint, AMaskElsewhereIsNoHole) {
  FakeEngine engine;
  auto input = opaque();
  input[3] = 0;  // where there is a mask, transparency is no hole
  Inpaint graph(rgba(), input);
  graph.connect("aux", new_buffer({1000, 1000, 2, 2}, grey(), std::vector<float>(4, 1)));
  EXPECT_EQ(graph.blit<float>(kPicture, rgba()), input);
  EXPECT_EQ(graph.text("error"), "");
}

TEST(Inpaint, TakesAnInfiniteMask) {
  FakeEngine engine;
  Log log;
  Inpaint graph(rgb(), colours());
  GeglColor* white = gegl_color_new("white");
  GeglNode* plane = gegl_node_new_child(graph.root, "operation", "gegl:color", "value", white, nullptr);
  gegl_node_connect(plane, "output", graph.node, "aux");
  graph.blit<float>(kPicture, rgb());
  EXPECT_TRUE(gegl_rectangle_equal(address(gegl_node_get_bounding_box(graph.node)), &kPicture));
  EXPECT_EQ(engine.input(1), std::vector<float>(kPixels, 1));
  EXPECT_EQ(graph.text("error"), "The fake engine sees nothing but a hole.");
  g_object_unref(white);
}

// Half grey is half a hole, whatever the mask's format says of light.
template <class T>
void expect_cover(const char* encoding, const std::vector<T>& pixel, float cover) {
  FakeEngine engine;
  Inpaint graph(rgb(), colours());
  graph.connect("aux", new_buffer({0, 12, 1, 1}, format(encoding), pixel));
  graph.blit<float>(kPicture, rgb());
  const auto mask = engine.input(1);
  ASSERT_EQ(mask.size(), kPixels);
  EXPECT_NEAR(mask[2 * 7 + 3], cover, 1e-6) << encoding;
}

TEST(Inpaint, ReadsTheNumbersOfTheMask) {
  expect_cover<guint8>("Y' u8", {51}, 0.2f);
  expect_cover<guint8>("Y u8", {51}, 0.2f);
  expect_cover<guint8>("R'G'B' u8", {51, 51, 51}, 0.2f);
  expect_cover<guint16>("Y u16", {13107}, 0.2f);
  expect_cover<float>("RGB float", {0.2f, 0.2f, 0.2f}, 0.2f);
  expect_cover<guint8>("Y'A u8", {255, 51}, 0.2f);
  expect_cover<guint8>("R'G'B'A u8", {255, 255, 255, 0}, 0);
  expect_cover<float>("Y'A float", {0.5f, 0.5f}, 0.25f);
  expect_cover<float>("Y' float", {7}, 1);
  expect_cover<float>("Y' float", {-7}, 0);
  expect_cover<float>("Y' float", {NAN}, 0);
}

TEST(Inpaint, FillsTransparentPixelsAndMakesThemOpaque) {
  FakeEngine engine;
  auto input = opaque();
  input[4 * 8 + 3] = 0;
  input[4 * 9 + 3] = 0.75f;
  Inpaint graph(rgba(), input);
  const auto output = graph.blit<float>(kPicture, rgba());
  for (size_t p = 0; p < kPixels; ++p) {
    const float hole = 1 - input[4 * p + 3];
    ASSERT_EQ(engine.input(1)[p], hole);
    ASSERT_EQ(output[4 * p + 3], 1);
    for (size_t i = 4 * p; i < 4 * p + 3; ++i)
      ASSERT_EQ(output[i], hole == 0 ? input[i] : input[i] + (0.25f - input[i]) * hole) << p;
  }
}

// Filling paints over the picture: colour and alpha come out as gegl:over would make them.
TEST(Inpaint, TheMaskPaintsOverTransparentPixels) {
  auto input = opaque();
  std::vector<float> mask(kPixels, 0);
  const size_t clear = 5, half = 6, untouched = 7;
  input[4 * clear + 3] = input[4 * untouched + 3] = 0;
  input[4 * half + 3] = 0.5f;
  mask[clear] = mask[half] = 0.25f;
  Inpaint graph(rgba(), input);
  graph.connect("aux", new_buffer(kPicture, grey(), mask));
  const auto output = graph.blit<float>(kPicture, rgba());

  EXPECT_EQ(output[4 * clear + 3], 0.25f);
  EXPECT_EQ(output[4 * half + 3], 0.25f + 0.75f * 0.5f);
  for (size_t c = 0; c < 3; ++c) {
    EXPECT_EQ(output[4 * clear + c], 0.25f) << "what is hidden must not shine through";
    const float share = 0.25f / (0.25f + 0.75f * 0.5f);
    EXPECT_NEAR(output[4 * half + c], input[4 * half + c] * (1 - share) + 0.25f * share, 1e-6);
  }
  for (size_t i = 4 * untouched; i < 4 * untouched + 4; ++i) EXPECT_EQ(output[i], input[i]);
}

TEST(Inpaint, SaysThatThereIsNoHole) {
  FakeEngine engine;
  Log log;
  const auto input = opaque();
  Inpaint graph(rgba(), input);
  EXPECT_EQ(graph.blit<float>(kPicture, rgba()), input);
  EXPECT_TRUE(engine.input(1).empty());
  EXPECT_EQ(graph.text("error"), "");
  EXPECT_EQ(graph.text("notice"), "The fake engine found no hole.");
}

TEST(Inpaint, APictureThatIsAllHoleIsRefused) {
  Log log;
  auto input = opaque();
  for (size_t p = 0; p < kPixels; ++p) input[4 * p + 3] = 0;
  Inpaint graph(rgba(), input);
  EXPECT_EQ(graph.blit<float>(kPicture, rgba()), input);
  EXPECT_EQ(graph.text("error"), "The fake engine sees nothing but a hole.");
}

TEST(Inpaint, ShowsTheMaskInGreyAndOpaque) {
  auto input = opaque();
  input[4 * 8 + 3] = 0.25f;
  Inpaint graph(rgba(), input);
  gegl_node_set(graph.node, "output", 1, nullptr);
  const auto output = graph.blit<float>(kPicture, rgba());
  for (size_t p = 0; p < kPixels; ++p) {
    for (size_t c = 0; c < 3; ++c) ASSERT_EQ(output[4 * p + c], p == 8 ? 0.75f : 0);
    ASSERT_EQ(output[4 * p + 3], 1);
  }
}

TEST(Inpaint, AnotherMaskIsAnotherRun) {
  FakeEngine engine;
  const auto input = colours();
  std::vector<float> mask(kPixels, 0);
  int runs = 0;
  for (size_t hole : {3, 4}) {
    mask.assign(kPixels, 0);
    mask[hole] = 1;
    for (int again = 0; again < 2; ++again) {
      Inpaint graph(rgb(), input);
      graph.connect("aux", new_buffer(kPicture, grey(), mask));
      EXPECT_EQ(graph.blit<float>(kPicture, rgb())[3 * hole], 0.25f);
      EXPECT_EQ(engine.new_runs(), runs + 1);
    }
    ++runs;
  }
}

TEST(Inpaint, AChangedMaskIsWorkedAnew) {
  FakeEngine engine;
  Inpaint graph(rgb(), colours());
  GeglBuffer* mask = new_buffer(kPicture, grey(), std::vector<float>(kPixels, 0));
  graph.connect("aux", GEGL_BUFFER(g_object_ref(mask)));
  graph.blit<float>(kPicture, rgb());
  const float white = 1;
  gegl_buffer_set(mask, GEGL_RECTANGLE(0, 12, 1, 1), 0, grey(), &white, GEGL_AUTO_ROWSTRIDE);
  EXPECT_EQ(graph.blit<float>({0, 12, 1, 1}, rgb()), std::vector<float>(3, 0.25f));
  EXPECT_EQ(engine.new_runs(), 2);
  g_object_unref(mask);
}

}  // namespace
