// SPDX-License-Identifier: GPL-3.0-or-later
// Restoring, with and without a sidecar. The fake engine repeats pixels.
#include <gegl-plugin.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "rescale_test.h"

namespace {

const GeglRectangle kPicture = {-3, 10, 7, 5};
constexpr size_t kPixels = 7 * 5;
const Babl* rgb() { return format("R'G'B' float"); }
const Babl* rgb8() { return format("R'G'B' u8"); }

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }
constexpr char kNoNote[] = "carries no note", kChanged[] = "was changed after it was shrunk",
               kOtherWeights[] = "shrunk with other weights", kOtherBits[] = "slightly other rounding",
               kNoSidecar[] = "cannot be used as the sidecar";

class RescaleUp : public testing::Test {
 protected:
  // Shrinks noise, writes the sidecar, and returns the small picture as a file has it.
  GeglBuffer* small(int scale, bool keep_details = false) {
    return as_8_bits(*shrinking(new_buffer(kPicture, rgb8(), original_), scale, sidecar_, keep_details), "R'G'B' u8");
  }

  // With one byte of the picture changed.
  static GeglBuffer* edited(GeglBuffer* small) {
    const GeglRectangle corner = {gegl_buffer_get_x(small), gegl_buffer_get_y(small), 1, 1};
    guint8 pixel[3];
    gegl_buffer_get(small, &corner, 1.0, rgb8(), pixel, GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    pixel[2] ^= 1;
    gegl_buffer_set(small, &corner, 0, rgb8(), pixel, GEGL_AUTO_ROWSTRIDE);
    return small;
  }

  const PretendedWeights weights_;
  const Folder folder_;
  const std::string sidecar_ = folder_.file("sidecar");
  const std::vector<guint8> original_ = noise<guint8>(3 * kPixels, 0, 255);
  FakeEngine engine_;
  Log log_;
};

TEST_F(RescaleUp, EnlargesWithoutASidecarAndSaysWhatThisIsNot) {
  for (int scale : {2, 4}) {
    const auto input = noise<float>(3 * kPixels, -0.2f, 1.2f);
    const auto graph = restoring(new_buffer(kPicture, rgb(), input), "", scale);
    const GeglRectangle large = {-3 * scale, 10 * scale, 7 * scale, 5 * scale};
    EXPECT_TRUE(gegl_rectangle_equal(address(gegl_node_get_bounding_box(graph->node)), &large));
    const auto output = whole<float>(*graph, rgb());
    for (int y = 0; y < large.height; ++y)
      for (int x = 0; x < 3 * large.width; ++x)
        ASSERT_EQ(output[y * 3 * large.width + x], input[((y / scale) * 7 + x / 3 / scale) * 3 + x % 3]);
    EXPECT_TRUE(contains(graph->text("notice"), kNoNote));
    EXPECT_EQ(graph->text("error"), "");
  }
}

TEST_F(RescaleUp, TheSidecarGivesScaleAndSize) {
  for (int scale : {2, 4}) {
    GeglBuffer* picture = small(scale);
    const auto graph = restoring(picture, sidecar_, 6 - scale);
    const GeglRectangle large = gegl_node_get_bounding_box(graph->node);
    EXPECT_EQ(large.width, 7);
    EXPECT_EQ(large.height, 5);
    EXPECT_EQ(large.x, -4);
    whole<float>(*graph, rgb());
    EXPECT_EQ(graph->text("error") + graph->text("notice"), "");
    EXPECT_TRUE(contains(fake_engine_options(), scale == 2 ? "scale=2" : "scale=4"));
    EXPECT_TRUE(contains(fake_engine_options(), "width=7 height=5 device=auto"));
  }
}

TEST_F(RescaleUp, SaysThatTheSmallPictureWasChanged) {
  const auto graph = restoring(edited(small(2, true)), sidecar_);
  EXPECT_EQ(gegl_node_get_bounding_box(graph->node).width, 7);
  whole<float>(*graph, rgb());
  EXPECT_TRUE(contains(graph->text("notice"), kChanged));
  EXPECT_EQ(graph->text("error"), "");

  const auto cropped = restoring(new_buffer({0, 0, 3, 3}, rgb8(), noise<guint8>(27, 0, 255)), sidecar_, 4);
  EXPECT_EQ(gegl_node_get_bounding_box(cropped->node).width, 6) << "twice its own size";
  whole<float>(*cropped, rgb());
  EXPECT_TRUE(contains(cropped->text("notice"), kChanged));
}

TEST_F(RescaleUp, SaysThatTheWeightsAreOthers) {
  GeglBuffer* picture = small(2, true);
  write_file(folder_.file("own"), "other weights");
  const auto graph = restoring(picture, sidecar_);
  gegl_node_set(graph->node, "weights", folder_.file("own").c_str(), nullptr);
  whole<float>(*graph, rgb());
  EXPECT_TRUE(contains(graph->text("notice"), kOtherWeights));
  EXPECT_TRUE(contains(fake_engine_options(), "device=auto")) << "without the details";
  EXPECT_FALSE(contains(graph->text("notice"), kChanged));
  EXPECT_EQ(graph->text("error"), "");
}

// Bit for bit, whatever the fake engine does not foresee: colours under alpha 0 too.
TEST_F(RescaleUp, DetailsBringTheOriginalBack) {
  for (const char* model : {"R'G'B' u8", "R'G'B'A u8", "Y' u8", "Y'A u8"})
    for (int scale : {2, 4})
      for (const GeglRectangle& extent : {kPicture, {0, 0, 1, 1}, {2, 3, 1, 6}, {-130, 65, 150, 3}}) {
        const size_t channels = babl_format_get_n_components(format(model));
        auto input = noise<guint8>(channels * extent.width * extent.height, 0, 255);
        for (size_t i = channels - 1; i < input.size(); i += 3 * channels)
          if (channels % 2 == 0) input[i] = 0;
        const auto down = shrinking(new_buffer(extent, format(model), input), scale, sidecar_, true);
        const auto up = restoring(as_8_bits(*down, model), sidecar_);
        ASSERT_EQ(whole<guint8>(*up, format(model)), input) << model << ' ' << scale << ' ' << extent.width;
        EXPECT_EQ(up->text("error") + up->text("notice"), "");
        EXPECT_TRUE(contains(fake_engine_options(), " device=cpu "));
      }
}

// Programs that drop the colours under alpha 0 from the small picture do no harm.
TEST_F(RescaleUp, WhatAlphaHidesInTheSmallPictureDoesNotCount) {
  const Babl* rgba8 = format("R'G'B'A u8");
  auto input = noise<guint8>(4 * kPixels, 0, 255);
  for (size_t p = 0; p < kPixels; ++p) input[4 * p + 3] = p % 7 < 2 ? 0 : 255;
  const auto down = shrinking(new_buffer(kPicture, rgba8, input), 2, sidecar_, true);
  const GeglRectangle box = gegl_node_get_bounding_box(down->node);
  auto pixels = whole<guint8>(*down, rgba8);
  for (size_t i = 0; i < pixels.size(); i += 4)
    if (pixels[i + 3] == 0) pixels[i] = 255, pixels[i + 1] = 0;
  const auto up = restoring(new_buffer(box, rgba8, pixels), sidecar_);
  EXPECT_EQ(whole<guint8>(*up, rgba8), input);
  EXPECT_EQ(up->text("notice"), "");
}

// Of more than 8 bits the nearest 8 come back.
TEST_F(RescaleUp, DetailsHold8Bits) {
  const auto input = noise<float>(3 * kPixels, 0, 1);
  const auto down = shrinking(new_buffer(kPicture, rgb(), input), 2, sidecar_, true);
  const auto up =
      restoring(new_buffer(gegl_node_get_bounding_box(down->node), rgb(), whole<float>(*down, rgb())), sidecar_);
  const auto output = whole<float>(*up, rgb());
  for (size_t i = 0; i < input.size(); ++i) ASSERT_NEAR(output[i], input[i], 0.5 / 255 + 1e-6);
  EXPECT_EQ(up->text("notice"), "");
}

TEST_F(RescaleUp, SaysThatAnotherMachineRoundsOtherwise) {
  GeglBuffer* picture = small(2, true);
  const FakeEngine engine("other-bits");
  // The same weights under another name, so that the result is not in the cache.
  write_file(folder_.file("same"), read_file(weights_.folder() + "/irn-x2.safetensors"));
  const auto graph = restoring(picture, sidecar_);
  gegl_node_set(graph->node, "weights", folder_.file("same").c_str(), nullptr);
  const auto output = whole<guint8>(*graph, rgb8());
  EXPECT_TRUE(contains(graph->text("notice"), kOtherBits));
  EXPECT_EQ(graph->text("error"), "");
  for (size_t i = 1; i < output.size(); ++i) ASSERT_EQ(output[i], original_[i]);
  EXPECT_EQ(output[0], static_cast<guint8>(original_[0] + 1));
}

// None of them crashes, and none is taken for what it is not.
TEST_F(RescaleUp, RefusesABrokenSidecar) {
  GeglBuffer* picture = small(2, true);
  const std::string sound = read_file(sidecar_);
  const size_t line = sound.find('\n') + 1;
  const auto with = [&](const char* what, const char* instead) {
    std::string changed = sound;
    return changed.replace(changed.find(what), std::strlen(what), instead);
  };
  for (const std::string& broken :
       {std::string(), std::string("x"), sound.substr(0, line - 2), sound.substr(0, line + 5),
        sound.substr(0, sound.size() - 1), sound + 'x', with("size=7x5", "size=0x5"), with("size=7x5", "size=-7x5"),
        with("size=7x5", "size=07x5"), with("size=7x5", "size=99999999999x5"), with("scale=2", "scale=3"),
        with("rescale/1", "rescale/2"), with("channels=3", "channels=4"), with("channels=3", "channels=9"),
        with("details/1 size=7x5", "details/1 size=8x5"), with("bytes=", "bytes=1")}) {
    write_file(sidecar_, broken);
    const auto graph = restoring(GEGL_BUFFER(g_object_ref(picture)), sidecar_);
    whole<guint8>(*graph, rgb8());
    EXPECT_TRUE(contains(graph->text("error"), kNoSidecar)) << broken.substr(0, 200);
  }
  for (const std::string& path : {folder_.path(), folder_.file("none"), std::string("/dev/zero")}) {
    const auto graph = restoring(GEGL_BUFFER(g_object_ref(picture)), path);
    whole<guint8>(*graph, rgb8());
    EXPECT_TRUE(contains(graph->text("error"), kNoSidecar)) << path;
  }
  g_object_unref(picture);
}

// The node does not watch the file.
TEST_F(RescaleUp, ReadsASidecarAgainWhenItIsSetAgain) {
  GeglBuffer* picture = small(2);
  const std::string note = read_file(sidecar_);
  const auto graph = restoring(picture, sidecar_);
  whole<guint8>(*graph, rgb8());
  EXPECT_EQ(graph->text("notice"), "");
  write_file(sidecar_, "something else");
  EXPECT_EQ(gegl_node_get_bounding_box(graph->node).width, 7);
  whole<guint8>(*graph, rgb8());
  EXPECT_EQ(graph->text("error"), "");
  gegl_node_set(graph->node, "sidecar", sidecar_.c_str(), nullptr);
  EXPECT_EQ(gegl_node_get_bounding_box(graph->node).width, 8);
  whole<guint8>(*graph, rgb8());
  EXPECT_TRUE(contains(graph->text("error"), kNoSidecar));
}

TEST_F(RescaleUp, AlphaFollowsThePixelsWhereTheSizeIsNoMultiple) {
  // 5 pixels from 2: each of the small ones still stands for 4.
  write_file(sidecar_, "pentimento-rescale/1 scale=4 size=5x1 weights=0123456789abcdef small=0123456789abcdef\n");
  const auto graph =
      restoring(new_buffer<float>({0, 0, 2, 1}, format("R'G'B'A float"), {0, 0, 0, 0.2f, 0, 0, 0, 1}), sidecar_);
  const auto output = whole<float>(*graph, format("R'G'B'A float"));
  const float expected[] = {0.2f, 0.2f, 0.2f + 0.125f * 0.8f, 0.2f + 0.375f * 0.8f, 0.2f + 0.625f * 0.8f};
  for (int x = 0; x < 5; ++x) EXPECT_NEAR(output[4 * x + 3], expected[x], 1e-4) << x;
}

TEST_F(RescaleUp, RefusesMoreThan400Megapixels) {
  // 6400 x 6400 pixels without memory behind them: GEGL makes tiles when they are written.
  const auto graph = restoring(gegl_buffer_new(GEGL_RECTANGLE(0, 0, 6400, 6400), format("Y' u8")), "", 4);
  EXPECT_EQ(gegl_node_get_bounding_box(graph->node).width, 6400);
  EXPECT_EQ(graph->blit<guint8>({0, 0, 1, 1}, format("Y' u8")), (std::vector<guint8>{0}));
  EXPECT_TRUE(contains(graph->text("error"), "656 megapixels"));
  EXPECT_EQ(engine_.new_runs(), 0);
}

TEST_F(RescaleUp, PassesNothingThrough) {
  Graph unconnected(nullptr, "pentimento:rescale-up");
  EXPECT_TRUE(gegl_rectangle_is_empty(address(gegl_node_get_bounding_box(unconnected.node))));
  Graph empty(gegl_buffer_new(GEGL_RECTANGLE(3, 3, 0, 0), rgb()), "pentimento:rescale-down");
  EXPECT_EQ(empty.blit<float>({0, 0, 1, 1}, rgb()), (std::vector<float>{0, 0, 0}));
  EXPECT_EQ(engine_.new_runs(), 0);
}

}  // namespace
