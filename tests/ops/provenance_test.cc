// SPDX-License-Identifier: GPL-3.0-or-later
// A result and its original. For the fake engine invented is how far red is from the original's, a quarter of the rest
// is extracted.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "graph.h"

namespace {

const GeglRectangle kPicture = {4, -2, 7, 5};
constexpr size_t kPixels = 7 * 5;
const Babl* rgb() { return format("R'G'B' float"); }
const Babl* rgba() { return format("R'G'B'A float"); }
constexpr char kName[] = "pentimento:provenance";
constexpr float kMagenta[] = {1, 0, 1};

enum { kMarked, kLayer, kShares };

class Provenance : public testing::Test {
 protected:
  // Values of 1/256 steps, so that differences are exact.
  static std::vector<float> coarse(size_t n) {
    auto values = noise<float>(n, 0, 1);
    for (float& v : values) v = std::floor(v * 256) / 256;
    return values;
  }

  static std::unique_ptr<Graph> comparing(GeglBuffer* result, GeglBuffer* original, int output = kMarked) {
    auto graph = std::make_unique<Graph>(result, kName);
    if (original) graph->connect("aux", original);
    gegl_node_set(graph->node, "output", output, nullptr);
    return graph;
  }

  const PretendedWeights weights_;
  FakeEngine engine_;
  Log log_;
};

TEST_F(Provenance, MarksWhatWasInvented) {
  const auto result = coarse(3 * kPixels), original = coarse(3 * kPixels);
  const auto graph = [&](int output) {
    return comparing(new_buffer(kPicture, rgb(), result), new_buffer(kPicture, rgb(), original), output);
  };
  const auto marked = graph(kMarked)->blit<float>(kPicture, rgb());
  EXPECT_EQ(engine_.input(0), result);
  EXPECT_EQ(engine_.input(1), original);
  const auto layer = graph(kLayer)->blit<float>(kPicture, rgba());
  const auto shares = graph(kShares)->blit<float>(kPicture, rgb());
  for (size_t p = 0; p < kPixels; ++p) {
    const float invented = std::abs(result[3 * p] - original[3 * p]);
    EXPECT_EQ(shares[3 * p + 2], invented);
    EXPECT_NEAR(shares[3 * p + 1], (1 - invented) / 4, 1e-6);
    EXPECT_NEAR(shares[3 * p], (1 - invented) * 3 / 4, 1e-6);
    EXPECT_EQ(layer[4 * p + 3], invented);
    for (int c = 0; c < 3; ++c) {
      EXPECT_NEAR(marked[3 * p + c], result[3 * p + c] * (1 - invented) + kMagenta[c] * invented, 1e-6);
      EXPECT_EQ(layer[4 * p + c], kMagenta[c]);
    }
  }
  EXPECT_EQ(engine_.new_runs(), 1) << "one run for all outputs";
}

TEST_F(Provenance, TakesAnotherColor) {
  const auto result = coarse(3 * kPixels), original = coarse(3 * kPixels);
  const auto graph = comparing(new_buffer(kPicture, rgb(), result), new_buffer(kPicture, rgb(), original), kLayer);
  GeglColor* color = gegl_color_new("#00ff00");
  gegl_node_set(graph->node, "color", color, nullptr);
  g_object_unref(color);
  const auto layer = graph->blit<float>(kPicture, rgba());
  EXPECT_EQ(layer[0], 0);
  EXPECT_EQ(layer[1], 1);
  EXPECT_EQ(layer[2], 0);
}

TEST_F(Provenance, KeepsEachBitWhereNothingWasInvented) {
  for (const char* encoding : {"R'G'B' float", "RGBA float"}) {
    const Babl* own = format(encoding);
    const size_t channels = babl_format_get_n_components(own);
    const auto result = noise<float>(channels * kPixels, 0.1f, 1);
    auto original = result;
    const size_t changed = channels * 10;
    original[changed] += 0.5f;
    const auto graph = comparing(new_buffer(kPicture, own, result), new_buffer(kPicture, own, original));
    const auto marked = graph->blit<float>(kPicture, own);
    for (size_t i = 0; i < marked.size(); ++i) {
      if (i / channels != 10 || i % channels == 3) {
        ASSERT_EQ(std::memcmp(&marked[i], &result[i], 4), 0) << encoding << i;
      }
    }
    EXPECT_NE(marked[changed], result[changed]) << encoding;
  }
}

TEST_F(Provenance, MarksAGreyPictureInColor) {
  for (const char* encoding : {"Y' u8", "YA float"}) {
    GeglBuffer* pictures[2];
    for (GeglBuffer*& picture : pictures) {
      picture = gegl_buffer_new(&kPicture, format(encoding));
      auto values = coarse(2 * kPixels);
      for (size_t p = 0; p < kPixels; ++p) values[2 * p + 1] = 1;
      gegl_buffer_set(picture, &kPicture, 0, format("Y'A float"), values.data(), GEGL_AUTO_ROWSTRIDE);
    }
    std::vector<float> grey(kPixels);
    gegl_buffer_get(pictures[0], &kPicture, 1.0, format("Y' float"), grey.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    const auto marked = comparing(pictures[0], pictures[1])->blit<float>(kPicture, rgb());
    const auto seen = engine_.input(0);
    const auto original = engine_.input(1);
    for (size_t p = 0; p < kPixels; ++p) {
      const float invented = std::abs(seen[3 * p] - original[3 * p]);
      for (int c = 0; c < 3; ++c)
        ASSERT_NEAR(marked[3 * p + c], grey[p] * (1 - invented) + kMagenta[c] * invented, 1e-4) << encoding;
    }
  }
}

TEST_F(Provenance, KeepsAlpha) {
  auto result = noise<float>(4 * kPixels, 0.1f, 1);
  for (size_t p = 0; p < kPixels; p += 4) result[4 * p + 3] = 0;
  const auto original = coarse(3 * kPixels);
  const auto graph = [&](int output) {
    return comparing(new_buffer(kPicture, rgba(), result), new_buffer(kPicture, rgb(), original), output);
  };
  const auto marked = graph(kMarked)->blit<float>(kPicture, rgba());
  const auto shares = graph(kShares)->blit<float>(kPicture, rgba());
  const auto layer = graph(kLayer)->blit<float>(kPicture, rgba());
  for (size_t p = 0; p < kPixels; ++p) {
    EXPECT_EQ(marked[4 * p + 3], result[4 * p + 3]);
    EXPECT_EQ(shares[4 * p + 3], result[4 * p + 3]);
    EXPECT_NEAR(layer[4 * p + 3], result[4 * p + 3] * std::abs(result[4 * p] - original[3 * p]), 1e-6);
    for (int c = 0; p % 4 == 0 && c < 3; ++c) EXPECT_EQ(marked[4 * p + c], result[4 * p + c]);
  }
}

// What alpha hides is as in the original, and in that as what is near: nothing was invented there.
TEST_F(Provenance, HidesWhatAlphaHides) {
  auto result = noise<float>(4 * kPixels, 0.1f, 1), original = noise<float>(4 * kPixels, 0.1f, 1);
  for (size_t p = 0; p < kPixels; ++p) result[4 * p + 3] = original[4 * p + 3] = 1;
  result[4 * 8 + 3] = result[4 * 13 + 3] = 0;  // the first is hidden in both
  original[4 * 8 + 3] = original[4 * 24 + 3] = 0;
  std::copy_n(&original[4 * 23], 3, &result[4 * 24]);  // filled with what is next to it, and shown
  comparing(new_buffer(kPicture, rgba(), result), new_buffer(kPicture, rgba(), original))->blit<float>(kPicture, rgb());
  const auto seen = engine_.input(0), compared = engine_.input(1);
  for (int c = 0; c < 3; ++c) {
    EXPECT_EQ(compared[3 * 8 + c], original[4 * 7 + c]);
    EXPECT_EQ(seen[3 * 8 + c], original[4 * 7 + c]);
    EXPECT_EQ(seen[3 * 13 + c], original[4 * 13 + c]);
    EXPECT_EQ(seen[3 * 9 + c], result[4 * 9 + c]);
    EXPECT_EQ(seen[3 * 24 + c], result[4 * 24 + c]);
  }
  EXPECT_NE(seen[3 * 24], compared[3 * 24]);

  for (size_t p = 0; p < kPixels; ++p) result[4 * p + 3] = 0;
  comparing(new_buffer(kPicture, rgba(), result), new_buffer(kPicture, rgba(), original))->blit<float>(kPicture, rgb());
  EXPECT_EQ(engine_.new_runs(), 1) << "where nothing can be seen there is nothing to ask";
}

TEST_F(Provenance, TakesAnOriginalOfAnotherExtent) {
  const auto result = coarse(3 * kPixels);
  for (const GeglRectangle& from :
       {GeglRectangle{4, -2, 7, 5}, {-40, 100, 7, 5}, {2, -1, 4, 3}, {0, 0, 3, 2}, {1, 0, 2, 2}, {0, 0, 1, 1}}) {
    const auto original = coarse(3 * from.width * from.height);
    const auto graph = comparing(new_buffer(kPicture, rgb(), result), new_buffer(from, rgb(), original));
    EXPECT_TRUE(gegl_rectangle_equal(address(gegl_node_get_bounding_box(graph->node)), &kPicture));
    graph->blit<float>({6, 0, 1, 1}, rgb());
    EXPECT_EQ(graph->text("error"), "") << from.width;
    EXPECT_EQ(engine_.input(0), result);
    EXPECT_EQ(engine_.input(1), original);
  }

  // Of a larger picture the part where the result lies.
  const GeglRectangle larger = {0, -10, 20, 30};
  const auto original = coarse(3 * 20 * 30);
  comparing(new_buffer(kPicture, rgb(), result), new_buffer(larger, rgb(), original))->blit<float>(kPicture, rgb());
  for (int y = 0; y < 5; ++y)
    for (int x = 0; x < 3 * 7; ++x) ASSERT_EQ(engine_.input(1)[y * 3 * 7 + x], original[(y + 8) * 3 * 20 + 3 * 4 + x]);
}

TEST_F(Provenance, SaysWhatDoesNotFit) {
  const auto result = coarse(3 * kPixels);
  const auto error = [&](GeglBuffer* original, const char* report = "", const char* weights = "", int made_by = 0) {
    const auto graph = comparing(new_buffer(kPicture, rgb(), result), original);
    gegl_node_set(graph->node, "report", report, "weights", weights, "made-by", made_by, nullptr);
    const auto output = graph->blit<float>(kPicture, rgb());
    EXPECT_EQ(output == result, graph->text("error") != "");
    return graph->text("error");
  };
  const auto original = [](const GeglRectangle& extent) { return gegl_buffer_new(&extent, rgb()); };
  const std::string missing = "The original is missing: please connect it to aux.";
  const std::string elsewhere =
      "The original does not fit the result: it must have the same size, or be smaller by a whole factor, 2 to 8.";
  EXPECT_EQ(error(nullptr), missing);
  EXPECT_EQ(error(original({0, 0, 0, 0})), missing);
  EXPECT_EQ(error(original({4, -2, 7, 4})), elsewhere);
  EXPECT_EQ(error(original({0, 0, 4, 2})), elsewhere);
  EXPECT_EQ(error(original({100, 100, 9, 9})), elsewhere);
  EXPECT_EQ(error(original(kPicture), "/no/such/folder/report.json"),
            "The report cannot be written (No such file or directory): please choose another file for it, or none.");
  EXPECT_NE(error(original(kPicture), "", "/no/such/weights", 8).find("/no/such/weights cannot be read"),
            std::string::npos);
  EXPECT_EQ(engine_.new_runs(), 0);
  EXPECT_EQ(log_.warnings.size(), 7u);

  const Folder folder;
  EXPECT_NE(error(original(kPicture), folder.path().c_str()).find("The report cannot be written ("), std::string::npos);
  EXPECT_EQ(error(original(kPicture), "", "/no/such/weights", 1), "") << "what no network made needs no weights";
}

TEST_F(Provenance, PassesEmptyAndInfinitePicturesThrough) {
  const auto graph = comparing(gegl_buffer_new(GEGL_RECTANGLE(0, 0, 0, 0), rgb()), gegl_buffer_new(&kPicture, rgb()));
  graph->blit<float>({5, 0, 1, 1}, rgb());
  const auto endless = comparing(gegl_buffer_new(&kPicture, rgb()), gegl_buffer_new(&kPicture, rgb()));
  GeglNode* color = gegl_node_new_child(endless->root, "operation", "gegl:color", nullptr);
  gegl_node_connect(color, "output", endless->node, "input");
  endless->blit<float>({5, 0, 1, 1}, rgb());
  EXPECT_EQ(engine_.new_runs(), 0);
}

TEST_F(Provenance, ToldTheMakersWeights) {
  for (int made_by : {8, 9, 10}) {
    const auto graph =
        comparing(new_buffer(kPicture, rgb(), coarse(3 * kPixels)), new_buffer(kPicture, rgb(), coarse(3 * kPixels)));
    gegl_node_set(graph->node, "made-by", made_by, "seeds", 3, nullptr);
    graph->blit<float>(kPicture, rgb());
    const std::string maker = std::vector{"restore-rain", "restore-haze", "restore-shadow"}[made_by - 8];
    EXPECT_EQ(std::string(fake_engine_options())
                  .find("provenance made-by=" + maker + " seeds=3 weights=" + weights_.folder() + "/" + maker +
                        ".safetensors device=auto "),
              0u)
        << fake_engine_options();
  }
}

}  // namespace
