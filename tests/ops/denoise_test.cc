// SPDX-License-Identifier: GPL-3.0-or-later
// What goes in and comes out, at denoise's example. The fake engine inverts R'G'B', so each expected value is simple
// arithmetic on the input.
#include <gtest/gtest.h>
#include <libintl.h>

#include <cmath>

#include "graph.h"

namespace {

const GeglRectangle kPicture = {0, 0, 7, 5};
constexpr size_t kPixels = 7 * 5;

// The texts themselves are not asked for: gegl's tests run in the C locale, where gettext translates nothing.
TEST(Denoise, FindsItsTranslations) {
  EXPECT_STREQ(bindtextdomain("pentimento", nullptr), g_getenv("PENTIMENTO_LOCALE_DIR"));
  EXPECT_STREQ(bind_textdomain_codeset("pentimento", nullptr), "UTF-8");
}

template <class T>
void expect_inverted(const Babl* format, T white) {
  const int channels = babl_format_get_n_components(format);
  auto input = noise<T>(channels * kPixels, 0, white);
  Graph graph(kPicture, format, input);
  auto output = graph.blit<T>(kPicture, format);
  for (size_t i = 0; i < input.size(); ++i) {
    ASSERT_EQ(output[i], static_cast<T>(white - input[i])) << babl_get_name(format) << " sample " << i;
  }
}

TEST(Denoise, WorksOnEveryPrecision) {
  expect_inverted<guint8>(format("R'G'B' u8"), 255);
  expect_inverted<guint16>(format("R'G'B' u16"), 65535);
}

TEST(Denoise, WorksOnGrey) {
  expect_inverted<guint8>(format("Y' u8"), 255);
  expect_inverted<guint16>(format("Y' u16"), 65535);
}

TEST(Denoise, WorksInThePrimariesOfThePicture) { expect_inverted<guint8>(format("R'G'B' u8", "Rec2020"), 255); }

TEST(Denoise, KeepsFloatsOutsideTheUsualRange) {
  auto input = noise<float>(3 * kPixels, -0.5f, 3);
  Graph graph(kPicture, format("R'G'B' float"), input);
  auto output = graph.blit<float>(kPicture, format("R'G'B' float"));
  for (size_t i = 0; i < input.size(); ++i) ASSERT_EQ(output[i], 1.0f - input[i]);
}

double from_linear(double v) { return v <= 0.0031308 ? 12.92 * v : 1.055 * std::pow(v, 1 / 2.4) - 0.055; }

TEST(Denoise, GivesTheEngineNonLinearValues) {
  auto input = noise<float>(3 * kPixels, 0, 1);
  Graph graph(kPicture, format("RGB float"), input);
  auto output = graph.blit<float>(kPicture, format("R'G'B' float"));
  for (size_t i = 0; i < input.size(); ++i) ASSERT_NEAR(output[i], 1 - from_linear(input[i]), 2e-4);
}

TEST(Denoise, HasTheChannelsOfItsInput) {
  for (const char* encoding : {"Y' float", "Y'A float", "R'G'B' float", "R'G'B'A float"}) {
    FakeEngine engine;
    GeglBuffer* buffer = gegl_buffer_new(&kPicture, format(encoding));
    Graph graph(buffer);
    GeglBuffer* output = nullptr;
    GeglNode* sink =
        gegl_node_new_child(graph.root, "operation", "gegl:buffer-sink", "buffer", &output, "format", nullptr, nullptr);
    gegl_node_link(graph.node, sink);
    gegl_node_process(sink);
    ASSERT_TRUE(output);
    EXPECT_EQ(gegl_buffer_get_format(output), format(encoding)) << encoding;
    g_object_unref(output);
  }
}

template <class T>
void expect_alpha_kept(const char* encoding, T white) {
  const Babl* with_alpha = format(encoding);
  const int channels = babl_format_get_n_components(with_alpha);
  auto input = noise<T>(channels * kPixels, 0, white);
  for (size_t p = 0; p < kPixels; p += 3) input[p * channels + channels - 1] = 0;  // hides its colours
  Graph graph(kPicture, with_alpha, input);
  auto output = graph.blit<T>(kPicture, with_alpha);
  for (size_t p = 0; p < kPixels; ++p) {
    const T* in = &input[p * channels];
    const T* out = &output[p * channels];
    const T alpha = in[channels - 1];
    ASSERT_EQ(out[channels - 1], alpha) << encoding << " pixel " << p;
    for (int c = 0; c < channels - 1; ++c) {
      ASSERT_EQ(out[c], alpha == 0 ? in[c] : static_cast<T>(white - in[c])) << encoding << " pixel " << p;
    }
  }
}

TEST(Denoise, KeepsAlphaAndTheColoursThatItHides) {
  expect_alpha_kept<guint8>("R'G'B'A u8", 255);
  expect_alpha_kept<guint16>("R'G'B'A u16", 65535);
  expect_alpha_kept<float>("R'G'B'A float", 1);
  expect_alpha_kept<guint8>("Y'A u8", 255);
}

TEST(Denoise, LeavesAFullyTransparentPictureAlone) {
  FakeEngine engine;
  auto input = noise<float>(4 * kPixels, 0, 1);
  for (size_t p = 0; p < kPixels; ++p) input[4 * p + 3] = 0;
  Graph graph(kPicture, format("R'G'B'A float"), input);
  EXPECT_EQ(graph.blit<float>(kPicture, format("R'G'B'A float")), input);
  EXPECT_EQ(engine.new_runs(), 0);
  EXPECT_EQ(graph.text("error"), "");
}

TEST(Denoise, WorksAnywhereInThePlane) {
  const GeglRectangle extent = {-13, 1000, 7, 5};
  auto input = noise<guint8>(4 * kPixels, 1, 255);
  Graph graph(extent, format("R'G'B'A u8"), input);
  EXPECT_TRUE(gegl_rectangle_equal(address(gegl_node_get_bounding_box(graph.node)), &extent));

  const GeglRectangle roi = {-10, 1002, 2, 2};
  auto output = graph.blit<guint8>(roi, format("R'G'B'A u8"));
  for (int y = 0; y < 2; ++y)
    for (int x = 0; x < 2; ++x)
      for (int c = 0; c < 4; ++c) {
        const guint8 in = input[((y + 2) * 7 + x + 3) * 4 + c];
        ASSERT_EQ(output[(y * 2 + x) * 4 + c], c == 3 ? in : 255 - in);
      }
}

TEST(Denoise, WorksOnEverySize) {
  for (const GeglRectangle& extent : {GeglRectangle{0, 0, 1, 1}, {0, 0, 1, 9}, {0, 0, 9, 1}, {0, 0, 3, 3}}) {
    FakeEngine engine;
    auto input = noise<guint8>(3 * extent.width * extent.height, 0, 255);
    Graph graph(extent, format("R'G'B' u8"), input);
    auto output = graph.blit<guint8>(extent, format("R'G'B' u8"));
    for (size_t i = 0; i < input.size(); ++i) ASSERT_EQ(output[i], 255 - input[i]);
    EXPECT_EQ(engine.new_runs(), 1);
  }
}

// More than one band of rows goes in and out.
TEST(Denoise, WorksOnALargePicture) {
  const GeglRectangle extent = {-5, 3, 1200, 4000};
  std::vector<guint8> input(size_t{3} * extent.width * extent.height);
  for (size_t i = 0; i < input.size(); ++i) input[i] = static_cast<guint8>(i * 2654435761u >> 24);
  Graph graph(extent, format("R'G'B' u8"), input);
  auto output = graph.blit<guint8>(extent, format("R'G'B' u8"));
  size_t wrong = 0;
  for (size_t i = 0; i < input.size(); ++i) wrong += output[i] != 255 - input[i];
  EXPECT_EQ(wrong, 0u);
}

}  // namespace
