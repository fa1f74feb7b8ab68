// SPDX-License-Identifier: GPL-3.0-or-later
// What each operation says of itself, and what it tells the engine.
#include <gegl-paramspecs.h>
#include <gegl-plugin.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdarg>
#include <cstring>

#include "graph.h"

namespace {

const GeglRectangle kPicture = {0, 0, 6, 4};
const Babl* rgb() { return format("R'G'B' float"); }
std::vector<float> pixels() { return noise<float>(3 * 6 * 4, 0, 1); }

struct Case {
  const char* name;
  std::vector<std::string> own;  // its own properties, in order
  const char* defaults;          // as the engine is told; $WEIGHTS is the folder of the weights
  const char* idea = "Deep Image Prior";
  std::vector<std::string> files = {};  // its properties after the shared ones; who has some is not fitted

  bool fitted() const { return files.empty(); }
};

// Otherwise the bytes of its pointers, which differ from run to run, would name the test.
void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class Operation : public testing::TestWithParam<Case> {
 protected:
  const std::string name_ = std::string("pentimento:") + GetParam().name;
};

TEST_P(Operation, DescribesItself) {
  ASSERT_TRUE(gegl_has_operation(name_.c_str()));
  const auto key = [this](const char* k) { return std::string(gegl_operation_get_key(name_.c_str(), k)); };
  EXPECT_NE(key("title").find(std::string(" (") + GetParam().idea + ")"), std::string::npos);
  EXPECT_NE(key("description"), "");
  EXPECT_EQ(key("license"), "GPL3+");
  EXPECT_EQ(key("op-version"), "1:0");
  EXPECT_EQ(key("categories"), "enhance:restoration");
}

TEST_P(Operation, HasItsPropertiesInOrder) {
  guint n = 0;
  g_autofree GParamSpec** properties = gegl_operation_list_properties(name_.c_str(), &n);
  std::vector<std::string> names;
  for (guint i = 0; i < n; ++i) {
    names.push_back(properties[i]->name);
    EXPECT_TRUE(*g_param_spec_get_nick(properties[i])) << properties[i]->name;
    EXPECT_TRUE(*g_param_spec_get_blurb(properties[i])) << properties[i]->name;
  }
  std::vector<std::string> expected = GetParam().own;
  if (GetParam().fitted()) expected.insert(expected.end(), {"quality", "iterations", "seed"});
  expected.insert(expected.end(), {"device", "error", "notice"});
  expected.insert(expected.end(), GetParam().files.begin(), GetParam().files.end());
  EXPECT_EQ(names, expected);
  const auto key = [this](const char* property, const char* k) {
    return gegl_param_spec_get_property_key(gegl_operation_find_property(name_.c_str(), property), k);
  };
  EXPECT_STREQ(key("error", "error"), "true");
  if (GetParam().fitted()) {
    EXPECT_STREQ(key("iterations", "unit"), "iterations");
  }
  for (const std::string& file : GetParam().files)
    EXPECT_TRUE(GEGL_IS_PARAM_SPEC_FILE_PATH(gegl_operation_find_property(name_.c_str(), file.c_str()))) << file;
}

TEST_P(Operation, TellsTheEngineItsDefaults) {
  FakeEngine engine;
  const PretendedWeights weights;
  Graph graph(kPicture, rgb(), pixels(), name_.c_str());
  if (gegl_node_has_pad(graph.node, "aux")) graph.connect("aux", new_buffer(kPicture, rgb(), pixels()));
  graph.blit<float>({0, 0, 1, 1}, rgb());
  std::string expected = GetParam().name + std::string(" ") + GetParam().defaults;
  if (const size_t folder = expected.find("$WEIGHTS"); folder != std::string::npos)
    expected.replace(folder, std::strlen("$WEIGHTS"), weights.folder());
  if (*GetParam().defaults) expected += " ";
  if (GetParam().fitted()) expected += "quality=balanced iterations=0 seed=0 ";
  EXPECT_EQ(std::string(fake_engine_options()).find(expected + "device=auto threads="), 0u) << fake_engine_options();
}

INSTANTIATE_TEST_SUITE_P(
    All, Operation,
    testing::Values(Case{"denoise", {"strength", "color-strength"}, "strength=1 color-strength=1"},
                    Case{"inpaint",
                         {"kind", "grow", "feather", "find-damage", "sensitivity", "output"},
                         "kind=auto grow=0 feather=0 find-damage=0 sensitivity=0.5 output=picture"},
                    Case{"super-resolution", {"scale"}, "scale=2"}, Case{"remove-jpeg-artifacts", {}, ""},
                    Case{"enhance-detail", {"amount"}, "amount=1"}, Case{"flash-no-flash", {}, ""},
                    Case{"dehaze",
                         {"strength", "keep-some-haze", "find-airlight", "airlight", "frames", "output"},
                         "strength=1 keep-some-haze=0.1 find-airlight=1 airlight-red=0.874509811401 "
                         "airlight-green=0.890196084976 airlight-blue=0.909803926945 frames=1 output=picture",
                         "Double-DIP"},
                    Case{"separate-layers", {"swap", "output"}, "swap=0 output=layer-1", "Double-DIP"},
                    Case{"remove-watermark", {"frames", "output"}, "frames=1 output=picture", "Double-DIP"},
                    Case{"segment", {"frames", "output"}, "frames=1 output=mask", "Double-DIP"},
                    Case{"rescale-down",
                         {"scale", "keep-details"},
                         "scale=2 weights=$WEIGHTS/irn-x2.safetensors",
                         "Invertible Rescaling",
                         {"sidecar", "weights"}},
                    Case{"rescale-up",
                         {"scale"},
                         "scale=2 weights=$WEIGHTS/irn-x2.safetensors width=12 height=8",
                         "Invertible Rescaling",
                         {"sidecar", "weights"}},
                    Case{"restore",
                         {"task", "strength"},
                         "task=rain strength=1 weights=$WEIGHTS/restore-rain.safetensors",
                         "Restoration Network",
                         {"weights"}},
                    Case{"provenance",
                         {"made-by", "seeds", "output", "color"},
                         "made-by=anything seeds=0 weights=",
                         "Information Flow",
                         {"weights", "report"}}),
    [](const auto& info) {
      std::string name = info.param.name;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

// What a method is told of properties at odds with their defaults.
std::string told(const char* operation, const char* first, ...) {
  FakeEngine engine;
  Graph graph(kPicture, rgb(), pixels(), operation);
  va_list properties;
  va_start(properties, first);
  gegl_node_set_valist(graph.node, first, properties);
  va_end(properties);
  graph.blit<float>({0, 0, 1, 1}, rgb());
  return fake_engine_options();
}

TEST(Options, CarryWhatIsSet) {
  int threads = 0;
  g_object_get(gegl_config(), "threads", &threads, nullptr);
  EXPECT_EQ(told("pentimento:denoise", "strength", 0.5, "color-strength", 0.0, "quality", 2, "iterations", 77, "seed",
                 4294967295u, "device", 1, nullptr),
            "denoise strength=0.5 color-strength=0 quality=best iterations=77 seed=4294967295 device=cpu threads=" +
                std::to_string(threads));
  EXPECT_EQ(told("pentimento:inpaint", "kind", 3, "grow", 7, "feather", 2.5, "find-damage", TRUE, "sensitivity", 0.25,
                 "output", 1, nullptr)
                .find("inpaint kind=random-pixels grow=7 feather=2.5 find-damage=1 sensitivity=0.25 output=mask "),
            0u);
  EXPECT_EQ(told("pentimento:inpaint", "kind", 1, nullptr).find("inpaint kind=text-and-scratches "), 0u);
  EXPECT_EQ(told("pentimento:inpaint", "kind", 2, nullptr).find("inpaint kind=region "), 0u);
  EXPECT_EQ(told("pentimento:super-resolution", "scale", 3, nullptr).find("super-resolution scale=3 "), 0u);
  EXPECT_EQ(told("pentimento:enhance-detail", "amount", 2.5, nullptr).find("enhance-detail amount=2.5 "), 0u);
  EXPECT_EQ(told("pentimento:separate-layers", "swap", TRUE, "output", 2, nullptr)
                .find("separate-layers swap=1 output=mask "),
            0u);
  EXPECT_EQ(told("pentimento:remove-watermark", "frames", 4, "output", 1, nullptr)
                .find("remove-watermark frames=4 output=watermark "),
            0u);
  EXPECT_EQ(told("pentimento:segment", "frames", 2, "output", 2, nullptr).find("segment frames=2 output=background "),
            0u);
}

TEST(Options, CarryTheWeights) {
  const Folder folder;
  const std::string own = folder.file("own.safetensors");
  write_file(own, "any");
  EXPECT_EQ(told("pentimento:rescale-down", "scale", 4, "weights", own.c_str(), "device", 1, nullptr)
                .find("rescale-down scale=4 weights=" + own + " device=cpu threads="),
            0u);
  EXPECT_EQ(told("pentimento:restore", "task", 2, "strength", 0.5, "weights", own.c_str(), "device", 1, nullptr)
                .find("restore task=shadow strength=0.5 weights=" + own + " device=cpu threads="),
            0u);
  EXPECT_EQ(told("pentimento:rescale-up", "scale", 4, "weights", own.c_str(), "device", 1, nullptr)
                .find("rescale-up scale=4 weights=" + own + " width=24 height=16 device=cpu threads="),
            0u);
}

// As R'G'B' of the picture's own space.
TEST(Options, CarryTheColorOfTheHaze) {
  GeglColor* color = gegl_color_new("rgb(1.0, 0.5, 0.0)");
  const std::string said = told("pentimento:dehaze", "strength", 0.5, "keep-some-haze", 0.25, "find-airlight", FALSE,
                                "airlight", color, "frames", 3, "output", 2, nullptr);
  float expected[3];
  gegl_color_get_pixel(color, rgb(), expected);
  char numbers[200];
  std::snprintf(numbers, sizeof numbers, "airlight-red=%.12g airlight-green=%.12g airlight-blue=%.12g ",
                static_cast<double>(expected[0]), static_cast<double>(expected[1]), static_cast<double>(expected[2]));
  EXPECT_EQ(said.find(std::string("dehaze strength=0.5 keep-some-haze=0.25 find-airlight=0 ") + numbers +
                      "frames=3 output=airlight "),
            0u)
      << said;
  g_object_unref(color);
}

// GEGL keeps the default instead of a value out of range.
TEST(Options, HaveTheirRanges) {
  const auto expect_range = [](const char* operation, const char* name, double least, double most) {
    const GParamSpec* spec = gegl_operation_find_property(operation, name);
    ASSERT_TRUE(spec) << name;
    if (G_IS_PARAM_SPEC_INT(spec)) {
      EXPECT_EQ(G_PARAM_SPEC_INT(spec)->minimum, least) << name;
      EXPECT_EQ(G_PARAM_SPEC_INT(spec)->maximum, most) << name;
    } else {
      EXPECT_EQ(G_PARAM_SPEC_DOUBLE(spec)->minimum, least) << name;
      EXPECT_EQ(G_PARAM_SPEC_DOUBLE(spec)->maximum, most) << name;
    }
  };
  expect_range("pentimento:denoise", "strength", 0, 1);
  expect_range("pentimento:denoise", "color-strength", 0, 1);
  expect_range("pentimento:inpaint", "grow", 0, 100);
  expect_range("pentimento:inpaint", "feather", 0, 100);
  expect_range("pentimento:inpaint", "sensitivity", 0, 1);
  expect_range("pentimento:super-resolution", "scale", 2, 8);
  expect_range("pentimento:enhance-detail", "amount", 0, 5);
  expect_range("pentimento:restore", "strength", 0, 1);
  expect_range("pentimento:provenance", "seeds", 0, 8);
  expect_range("pentimento:dehaze", "strength", 0, 1);
  expect_range("pentimento:dehaze", "keep-some-haze", 0, 1);
  for (const char* name : {"pentimento:dehaze", "pentimento:remove-watermark", "pentimento:segment"})
    expect_range(name, "frames", 1, 1000);
}

}  // namespace
