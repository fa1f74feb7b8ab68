// SPDX-License-Identifier: GPL-3.0-or-later
// Pixels that the engine gives back as it got them have every bit they had, in each format of a picture.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "graph.h"

namespace {

const GeglRectangle kPicture = {-50, 7, 131, 70};  // more than one of GEGL's tiles, none of them aligned
constexpr int kHoleX = 60, kHoleY = 30;            // a hole of two pixels
constexpr size_t kPixels = 131 * 70;

template <class T>
void expect_untouched(const char* encoding, T low, T high, const char* space = "sRGB") {
  const Babl* own = format(encoding, space);
  const size_t channels = babl_format_get_n_components(own);
  auto input = noise<T>(channels * kPixels, low, high);
  if (babl_format_has_alpha(own) && std::string(encoding).find("aA") == std::string::npos)
    for (size_t p = 0; p < kPixels; p += 5) input[p * channels + channels - 1] = 0;  // hides its colours
  std::vector<guint8> mask(kPixels, 0);
  mask[kHoleY * 131 + kHoleX] = mask[kHoleY * 131 + kHoleX + 1] = 255;

  Graph graph(kPicture, own, input, "pentimento:inpaint");
  graph.connect("aux", new_buffer(kPicture, format("Y' u8"), mask));
  const auto output = graph.blit<T>(kPicture, own);
  EXPECT_EQ(graph.text("error"), "");
  size_t changed = 0, changed_holes = 0;
  for (size_t p = 0; p < kPixels; ++p)
    if (std::memcmp(&output[p * channels], &input[p * channels], channels * sizeof(T)) != 0)
      ++(mask[p] ? changed_holes : changed);
  EXPECT_EQ(changed, 0u) << encoding << ' ' << space;
  EXPECT_EQ(changed_holes, 2u) << encoding << ' ' << space;
}

template <class T>
void expect_untouched_in_all_models(const char* type, T low, T high) {
  for (const char* space : {"sRGB", "Rec2020"})
    for (const char* model : {"R'G'B'", "R'G'B'A", "RGB", "RGBA", "R~G~B~A", "Y'", "Y'A", "Y", "YA"})
      expect_untouched<T>((std::string(model) + " " + type).c_str(), low, high, space);
}

TEST(Untouched, EightBits) { expect_untouched_in_all_models<guint8>("u8", 0, 255); }
TEST(Untouched, SixteenBits) { expect_untouched_in_all_models<guint16>("u16", 0, 65535); }
TEST(Untouched, ThirtyTwoBits) { expect_untouched_in_all_models<guint32>("u32", 0, 4294967295u); }
TEST(Untouched, Float) { expect_untouched_in_all_models<float>("float", -0.5f, 3); }
TEST(Untouched, Double) { expect_untouched_in_all_models<double>("double", -0.5, 3); }

TEST(Untouched, AssociatedAlpha) {
  expect_untouched<float>("RaGaBaA float", 0.1f, 1);
  expect_untouched<float>("R'aG'aB'aA float", 0.1f, 1);
  expect_untouched<float>("YaA float", 0.1f, 1);
}

TEST(Untouched, WhatIsNoNumber) {
  auto input = noise<float>(3 * kPixels, 0, 1);
  input[30] = std::numeric_limits<float>::quiet_NaN();
  input[41] = -std::numeric_limits<float>::infinity();
  input[55] = -0.0f;
  for (const char* encoding : {"R'G'B' float", "RGB float"}) {
    Graph graph(kPicture, format(encoding), input, "pentimento:inpaint");
    const auto output = graph.blit<float>(kPicture, format(encoding));  // no hole
    EXPECT_EQ(std::memcmp(output.data(), input.data(), 4 * input.size()), 0) << encoding;
  }
}

// A failed or cancelled run is a copy, bit for bit as well.
TEST(Untouched, ACopyOfAFailure) {
  FakeEngine engine("fail");
  Log log;
  const auto input = noise<float>(4 * kPixels, -1, 2);
  Graph graph(kPicture, format("RGBA float"), input);
  EXPECT_EQ(graph.blit<float>(kPicture, format("RGBA float")), input);
}

// What the engine did change comes out right in formats that are not its own.
template <class T>
void expect_filled(const char* encoding, const std::vector<T>& pixel, const std::vector<double>& expected) {
  const GeglRectangle two = {0, 0, 2, 1};
  std::vector<T> input(pixel);
  input.insert(input.end(), pixel.begin(), pixel.end());
  Graph graph(two, format(encoding), input, "pentimento:inpaint");
  graph.connect("aux", new_buffer<guint8>(two, format("Y' u8"), {0, 255}));
  const auto output = graph.blit<T>(two, format(encoding));
  for (size_t c = 0; c < pixel.size(); ++c) {
    EXPECT_EQ(output[c], pixel[c]) << encoding;
    EXPECT_NEAR(output[pixel.size() + c], expected[c], 1e-4 * std::max(1.0, expected[c])) << encoding;
  }
}

TEST(Untouched, TheHoleIsConverted) {
  const double linear = std::pow((0.25 + 0.055) / 1.055, 2.4);
  expect_filled<float>("RGB float", {0.5f, 0.6f, 0.7f}, {linear, linear, linear});
  expect_filled<float>("R~G~B~ float", {0.5f, 0.6f, 0.7f}, {0.25, 0.25, 0.25});
  expect_filled<double>("RGB double", {0.5, 0.6, 0.7}, {linear, linear, linear});
  expect_filled<float>("Y float", {0.5f}, {linear});
  expect_filled<float>("RaGaBaA float", {0.5f, 0.6f, 0.7f, 1}, {linear, linear, linear, 1});
  expect_filled<guint16>("RGB u16", {1000, 2000, 3000}, {linear * 65535, linear * 65535, linear * 65535});
}

}  // namespace
