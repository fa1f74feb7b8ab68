// SPDX-License-Identifier: GPL-3.0-or-later
// What is said of the figures, and the file that holds them.
#include "report.h"

#include <glib.h>
#include <gtest/gtest.h>
#include <json-glib/json-glib.h>

#include <cmath>

#include "verdict.h"

using pentimento::Figure;

namespace {

using Sentences = std::vector<std::string>;

// The first number that a path like "$.bands[0].bits" finds.
double number(const std::string& json, const char* path) {
  g_autoptr(JsonNode) root = json_from_string(json.c_str(), nullptr);
  EXPECT_TRUE(root) << json;
  g_autoptr(JsonNode) found = json_path_query(path, root, nullptr);
  JsonArray* matches = json_node_get_array(found);
  EXPECT_EQ(json_array_get_length(matches), 1u) << path;
  return json_array_get_length(matches) > 0 ? json_array_get_double_element(matches, 0) : NAN;
}

TEST(Report, NestsByTheDots) {
  const std::string json = pentimento::report_json({{"bands.0.bits", 3.25},
                                                    {"bands.0.paths.retained", 0.1},
                                                    {"bands.0.paths.invented", 0.9},
                                                    {"bands.1.bits", 1e-9},
                                                    {"consistency", -2}},
                                                   {"It \"is\" so.", "Ünd so."});
  EXPECT_EQ(number(json, "$.bands[0].bits"), 3.25);
  EXPECT_EQ(number(json, "$.bands[0].paths.retained"), 0.1);
  EXPECT_EQ(number(json, "$.bands[0].paths.invented"), 0.9);
  EXPECT_EQ(number(json, "$.bands[1].bits"), 1e-9);
  EXPECT_EQ(number(json, "$.consistency"), -2);
  g_autoptr(JsonNode) root = json_from_string(json.c_str(), nullptr);
  JsonObject* object = json_node_get_object(root);
  EXPECT_EQ(json_array_get_length(json_object_get_array_member(object, "bands")), 2u);
  JsonArray* verdict = json_object_get_array_member(object, "verdict");
  ASSERT_EQ(json_array_get_length(verdict), 2u);
  EXPECT_STREQ(json_array_get_string_element(verdict, 0), "It \"is\" so.");
  EXPECT_STREQ(json_array_get_string_element(verdict, 1), "Ünd so.");
}

// JSON knows neither.
TEST(Report, MakesNullOfWhatIsNoNumber) {
  const std::string json = pentimento::report_json({{"consistency", NAN}, {"seed_std", -INFINITY}}, {});
  g_autoptr(JsonNode) root = json_from_string(json.c_str(), nullptr);
  ASSERT_TRUE(root) << json;
  for (const char* name : {"consistency", "seed_std"})
    EXPECT_TRUE(json_object_get_null_member(json_node_get_object(root), name)) << name;
}

std::vector<Figure> shares(double finest, double all) { return {{"bands.0.invented", finest}, {"invented", all}}; }

std::vector<Figure> with(std::vector<Figure> figures, const char* name, double value) {
  figures.push_back({name, value});
  return figures;
}

TEST(Verdict, SaysHowMuchWasInvented) {
  const std::string nothing = "Nothing was invented: what the result shows comes from the original.";
  EXPECT_EQ(pentimento::verdict(shares(0, 0)), Sentences{nothing});
  EXPECT_EQ(pentimento::verdict(shares(0.004, 0.004)), Sentences{nothing});
  EXPECT_EQ(pentimento::verdict(shares(0.124, 0.046)),
            Sentences{"About 12 % of the finest detail was invented, and 5 % of all detail."});
  EXPECT_EQ(pentimento::verdict(shares(0.001, 0.3)),
            Sentences{"About 0 % of the finest detail was invented, and 30 % of all detail."});
  EXPECT_EQ(pentimento::verdict(shares(1, 0.5)),
            Sentences{"Most of the finest detail was invented, about 100 %, and 50 % of all detail."});
}

TEST(Verdict, SaysWhatElseIsRemarkable) {
  const auto starts = [](const char* name, double value) {
    const Sentences sentences = pentimento::verdict(with(shares(0, 0), name, value));
    return sentences.size() == 2 ? sentences[1].substr(0, sentences[1].find(' ', 12)) : "";
  };
  EXPECT_EQ(starts("consistency", 10), "The result does");
  EXPECT_EQ(starts("seed_std", 10), "With another");
  EXPECT_EQ(starts("bands.0.null_energy", 0.5), "Much of the finest");
  EXPECT_EQ(starts("redundancy", 1), "Much of what");
  for (const char* name : {"consistency", "seed_std", "bands.0.null_energy", "redundancy"})
    for (double value : {0.01, -3.0, static_cast<double>(NAN)}) EXPECT_EQ(starts(name, value), "") << name << value;
}

TEST(Verdict, IsSilentWithoutShares) {
  EXPECT_EQ(pentimento::verdict({}), Sentences());
  EXPECT_EQ(pentimento::verdict({{"consistency", 100}}), Sentences());
  EXPECT_EQ(pentimento::verdict(shares(NAN, 0)), Sentences());
}

}  // namespace
