// SPDX-License-Identifier: GPL-3.0-or-later
// An output larger than the input. The fake engine inverts and repeats pixels.
#include <gegl-plugin.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "graph.h"

namespace {

const GeglRectangle kPicture = {-3, 10, 5, 4};
constexpr size_t kPixels = 5 * 4;
const Babl* rgb() { return format("R'G'B' float"); }
const Babl* rgba() { return format("R'G'B'A float"); }

struct Enlarging : Graph {
  Enlarging(const GeglRectangle& extent, const Babl* format, const std::vector<float>& pixels, int scale)
      : Graph(extent, format, pixels, "pentimento:super-resolution") {
    gegl_node_set(node, "scale", scale, nullptr);
  }
};

GeglRectangle times(const GeglRectangle& r, int scale) {
  return {r.x * scale, r.y * scale, r.width * scale, r.height * scale};
}

TEST(SuperResolution, HasTheEnlargedExtent) {
  GeglBuffer* buffer = new_buffer(kPicture, rgb(), noise<float>(3 * kPixels, 0, 1));
  Graph graph(GEGL_BUFFER(g_object_ref(buffer)), "pentimento:super-resolution");
  for (int scale : {2, 3, 8}) {
    gegl_node_set(graph.node, "scale", scale, nullptr);
    const GeglRectangle expected = times(kPicture, scale);
    EXPECT_TRUE(gegl_rectangle_equal(address(gegl_node_get_bounding_box(graph.node)), &expected)) << scale;
    const GeglRectangle part = {expected.x + 3, expected.y + 1, 2, 2};
    EXPECT_TRUE(gegl_rectangle_equal(address(gegl_operation_get_cached_region(graph.operation(), &part)), &expected));
    EXPECT_TRUE(gegl_rectangle_equal(address(gegl_operation_get_required_for_output(graph.operation(), "input", &part)),
                                     &kPicture));

    GeglRectangle changed = {};
    auto on_invalidated = [](GeglNode*, const GeglRectangle* area, GeglRectangle* all) {
      gegl_rectangle_bounding_box(all, all, area);
    };
    const gulong handler = g_signal_connect(graph.node, "invalidated", G_CALLBACK(+on_invalidated), &changed);
    const float white[3] = {1, 1, 1};
    gegl_buffer_set(buffer, GEGL_RECTANGLE(-3, 10, 1, 1), 0, rgb(), white, GEGL_AUTO_ROWSTRIDE);
    EXPECT_TRUE(gegl_rectangle_equal(&changed, &expected)) << scale;
    g_signal_handler_disconnect(graph.node, handler);
  }
  g_object_unref(buffer);
}

TEST(SuperResolution, WritesTheEnginesPixels) {
  for (int scale : {2, 3, 4, 8}) {
    FakeEngine engine;
    const auto input = noise<float>(3 * kPixels, 0, 1);
    Enlarging graph(kPicture, rgb(), input, scale);
    const GeglRectangle large = times(kPicture, scale);
    const auto output = graph.blit<float>(large, rgb());
    for (int y = 0; y < large.height; ++y)
      for (int x = 0; x < large.width; ++x)
        for (int c = 0; c < 3; ++c)
          ASSERT_EQ(output[(y * large.width + x) * 3 + c], 1 - input[((y / scale) * 5 + x / scale) * 3 + c]);
    const auto corner = graph.blit<float>({large.x + large.width - 1, large.y + large.height - 1, 1, 1}, rgb());
    EXPECT_EQ(corner[0], 1 - input[3 * (kPixels - 1)]);
    EXPECT_EQ(engine.new_runs(), 1);
  }
}

// The alpha between pixels' centres, by the textbook; beyond the outermost ones it stays.
float interpolated(const std::vector<float>& pixels, double x, double y) {
  const auto at = [&](int px, int py) {
    return pixels[4 * (std::clamp(py, 0, kPicture.height - 1) * kPicture.width +
                       std::clamp(px, 0, kPicture.width - 1)) +
                  3];
  };
  x -= 0.5, y -= 0.5;
  const int left = static_cast<int>(std::floor(x)), top = static_cast<int>(std::floor(y));
  const double u = x - left, v = y - top;
  return static_cast<float>((at(left, top) * (1 - u) + at(left + 1, top) * u) * (1 - v) +
                            (at(left, top + 1) * (1 - u) + at(left + 1, top + 1) * u) * v);
}

TEST(SuperResolution, InterpolatesAlpha) {
  const int scale = 3;
  auto input = noise<float>(4 * kPixels, 0.1f, 1);
  input[4 * 7 + 3] = 0;
  Enlarging graph(kPicture, rgba(), input, scale);
  const GeglRectangle large = times(kPicture, scale);
  const auto output = graph.blit<float>(large, rgba());
  for (int y = 0; y < large.height; ++y)
    for (int x = 0; x < large.width; ++x) {
      const float* out = &output[4 * (y * large.width + x)];
      ASSERT_NEAR(out[3], interpolated(input, (x + 0.5) / scale, (y + 0.5) / scale), 1e-5) << x << ' ' << y;
      const float* in = &input[4 * (y / scale * kPicture.width + x / scale)];
      for (int c = 0; c < 3 && out[3] != 0; ++c) ASSERT_EQ(out[c], 1 - in[c]);
    }
}

TEST(SuperResolution, HasTheEstimatesOfAnyRun) {
  int estimates = 0;
  const auto count = [](GeglOperation*, GeglBuffer* estimate, gint64, gint64, gdouble, gdouble, gdouble, int* n) {
    *n += estimate ? 1 : 0;
    return 0;
  };
  Enlarging graph(kPicture, rgb(), noise<float>(3 * kPixels, 0, 1), 2);
  g_signal_connect(graph.operation(), "estimate", G_CALLBACK(+count), &estimates);
  graph.blit<float>(times(kPicture, 2), rgb());
  EXPECT_EQ(estimates, 3);
}

// Its extent is promised before the run: what fails is enlarged in the ordinary way.
TEST(SuperResolution, AFailureLeavesAnOrdinaryEnlargement) {
  for (const char* how : {"fail", "slow"}) {
    FakeEngine engine(how);
    Log log;
    auto input = noise<float>(4 * kPixels, 0.1f, 1);
    for (size_t p = 0; p < kPixels; ++p) input[4 * p] = 0.5f, input[4 * p + 3] = 1;
    Enlarging graph(kPicture, rgba(), input, 2);
    g_signal_connect(graph.operation(), "estimate",
                     G_CALLBACK(+[](GeglOperation*, GeglBuffer*, gint64, gint64, gdouble, gdouble, gdouble, gpointer) {
                       return 2;  // of "slow": cancelled
                     }),
                     nullptr);
    const auto output = graph.blit<float>(times(kPicture, 2), rgba());
    for (size_t p = 0; p < 4 * kPixels; ++p) {
      ASSERT_NEAR(output[4 * p], 0.5f, 1e-5);
      ASSERT_NEAR(output[4 * p + 3], 1, 1e-5);
    }
    EXPECT_NEAR(output[1], input[1], 1e-3) << "the corner";
    EXPECT_EQ(graph.text("error"), std::string(how) == "fail" ? "The fake engine failed." : "");
  }
}

TEST(SuperResolution, RefusesMoreThan400Megapixels) {
  FakeEngine engine;
  Log log;
  // 6400 x 6400 pixels without memory behind them: GEGL makes tiles when they are written.
  GeglBuffer* buffer = gegl_buffer_new(GEGL_RECTANGLE(0, 0, 6400, 6400), format("Y' u8"));
  Graph graph(buffer, "pentimento:super-resolution");
  const auto box = [&](int scale) {
    gegl_node_set(graph.node, "scale", scale, nullptr);
    return gegl_node_get_bounding_box(graph.node);
  };
  EXPECT_EQ(box(3).width, 19200);
  EXPECT_EQ(box(4).width, 6400) << "what is refused keeps its extent";
  EXPECT_EQ(graph.blit<guint8>({0, 0, 1, 1}, format("Y' u8")), (std::vector<guint8>{0}));
  EXPECT_EQ(graph.text("error"),
            "Enlarged 4 times the picture would have 656 megapixels, and 400 are the most: please choose a smaller "
            "factor, or a part of the picture.");
  EXPECT_EQ(log.warnings.size(), 1u);
  EXPECT_EQ(engine.new_runs(), 0);
}

TEST(SuperResolution, TheFactorIsPartOfTheKey) {
  FakeEngine engine;
  const auto input = noise<float>(3 * kPixels, 0, 1);
  Enlarging twice(kPicture, rgb(), input, 2), thrice(kPicture, rgb(), input, 3);
  twice.blit<float>(times(kPicture, 2), rgb());
  thrice.blit<float>(times(kPicture, 3), rgb());
  EXPECT_EQ(engine.new_runs(), 2);
}

TEST(SuperResolution, PassesAnInfinitePlaneAndNothingThrough) {
  FakeEngine engine;
  Graph plane(nullptr, "pentimento:super-resolution");
  GeglColor* red = gegl_color_new("rgb(1.0, 0.0, 0.0)");
  gegl_node_link(gegl_node_new_child(plane.root, "operation", "gegl:color", "value", red, nullptr), plane.node);
  EXPECT_TRUE(gegl_rectangle_is_infinite_plane(address(gegl_node_get_bounding_box(plane.node))));
  EXPECT_EQ(plane.blit<float>({5, 5, 1, 1}, rgb()), (std::vector<float>{1, 0, 0}));
  Graph empty(gegl_buffer_new(GEGL_RECTANGLE(3, 3, 0, 0), rgb()), "pentimento:super-resolution");
  EXPECT_EQ(empty.blit<float>({0, 0, 1, 1}, rgb()), (std::vector<float>{0, 0, 0}));
  EXPECT_EQ(engine.new_runs(), 0);
  g_object_unref(red);
}

// A picture that lies where no int reaches its multiple.
TEST(SuperResolution, KnowsTheEndOfThePlane) {
  const GeglRectangle far = {300000000, -300000000, 5, 4};
  Enlarging graph(far, rgb(), noise<float>(3 * kPixels, 0, 1), 8);
  const GeglRectangle box = gegl_node_get_bounding_box(graph.node);
  EXPECT_EQ(box.width, 40);
  EXPECT_GT(box.x, 0);
  EXPECT_LT(box.y, 0);
}

}  // namespace
