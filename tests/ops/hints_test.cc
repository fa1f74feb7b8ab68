// SPDX-License-Identifier: GPL-3.0-or-later
// What is painted on aux for the engine: marks, strokes, a second picture. The fake engine inverts.
#include <gtest/gtest.h>

#include "graph.h"

namespace {

const GeglRectangle kPicture = {3, -1, 4, 2};
constexpr size_t kPixels = 4 * 2;
const Babl* rgb() { return format("R'G'B' float"); }

// What the engine gets of `hint` besides the picture.
std::vector<float> fetched(const char* operation, GeglBuffer* hint) {
  FakeEngine engine;
  const auto input = noise<float>(3 * kPixels, 0, 1);
  Graph graph(kPicture, rgb(), input, operation);
  if (hint) graph.connect("aux", hint);
  graph.blit<float>(kPicture, rgb());
  EXPECT_EQ(engine.new_runs(), 1);
  EXPECT_EQ(engine.input(0), input);
  return engine.input(1);
}

TEST(Hints, AMarkCountsAsItIsStoredTimesItsAlpha) {
  const std::vector<float> grey = {0, 1, 0.5f, 1, 2, -1, 0.25f, 1}, alpha = {1, 1, 1, 0.5f, 1, 1, 0.5f, 0};
  const std::vector<float> expected = {0, 1, 0.5f, 0.5f, 1, 0, 0.125f, 0};
  for (const char* encoding : {"Y'A float", "YA float"}) {
    std::vector<float> pixels;
    for (size_t i = 0; i < kPixels; ++i) pixels.insert(pixels.end(), {grey[i], alpha[i]});
    EXPECT_EQ(fetched("pentimento:remove-watermark", new_buffer(kPicture, format(encoding), pixels)), expected)
        << encoding;
  }
}

TEST(Hints, StrokesAreWhiteBlackOrNothing) {
  const std::vector<float> grey = {1, 0, 0.5f, 0.8f, 0.2f, 1, 0, 0.6f}, alpha = {1, 1, 1, 1, 1, 0, 0.4f, 1};
  const std::vector<float> expected = {1, 0, 0.5f, 1, 0, 0.5f, 0.5f, 0.5f};
  std::vector<float> pixels;
  for (size_t i = 0; i < kPixels; ++i) pixels.insert(pixels.end(), {grey[i], alpha[i]});
  EXPECT_EQ(fetched("pentimento:segment", new_buffer(kPicture, format("Y'A float"), pixels)), expected);
  // A stroke in colour is what its luminance says.
  std::vector<float> color;
  for (size_t i = 0; i < kPixels; ++i) color.insert(color.end(), {1, 1, i % 2 ? 1.0f : 0.9f});
  EXPECT_EQ(fetched("pentimento:segment", new_buffer(kPicture, rgb(), color)), std::vector<float>(kPixels, 1));
}

TEST(Hints, BeyondAHintNothingIsMarked) {
  const GeglRectangle part = {4, -1, 1, 1};
  EXPECT_EQ(fetched("pentimento:remove-watermark", new_buffer(part, format("Y' float"), std::vector<float>{1})),
            (std::vector<float>{0, 1, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(fetched("pentimento:segment", new_buffer(part, format("Y' float"), std::vector<float>{0})),
            (std::vector<float>{0.5f, 0, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f}));
}

TEST(Hints, NoneIsNone) {
  for (const char* name : {"pentimento:remove-watermark", "pentimento:segment", "pentimento:separate-layers"})
    EXPECT_TRUE(fetched(name, nullptr).empty()) << name;
}

TEST(Hints, ASecondPictureMustCoverTheFirst) {
  const auto second = noise<float>(3 * kPixels, 0, 1);
  EXPECT_EQ(fetched("pentimento:separate-layers", new_buffer(kPicture, rgb(), second)), second);
  FakeEngine engine;
  for (const GeglRectangle& elsewhere : {GeglRectangle{3, -1, 3, 2}, {50, 50, 4, 2}}) {
    Log log;
    const auto input = noise<float>(3 * kPixels, 0, 1);
    Graph graph(kPicture, rgb(), input, "pentimento:separate-layers");
    graph.connect("aux", gegl_buffer_new(&elsewhere, rgb()));
    EXPECT_EQ(graph.blit<float>(kPicture, rgb()), input);
    EXPECT_EQ(graph.text("error"), "The second picture does not cover the first one: please align the two.");
    EXPECT_EQ(log.warnings.size(), 1u);
  }
  EXPECT_EQ(engine.new_runs(), 0);
}

}  // namespace
