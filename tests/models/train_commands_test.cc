// SPDX-License-Identifier: GPL-3.0-or-later
// The trainer's command line, its files and its log.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "imaging/pnm.h"
#include "train/commands.h"
#include "train/log.h"
#include "train/options.h"
#include "train/pictures.h"
#include "weights/rescaling_weights.h"
#include "weights/restorer_weights.h"
#include "weights/safetensors.h"

namespace pentimento {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

const std::vector<Option> kKnown = {
    {"out", "FILE", "", ""}, {"steps", "N", "7", ""}, {"fast", "", "", ""}, {"data", "PLACE...", "", ""}};

std::string refusal(const std::function<void()>& work) {
  try {
    work();
  } catch (const UsageError& e) {
    return e.what();
  }
  return "";
}

TEST(Options, HoldWhatIsGivenOrTheirStandard) {
  const Options options(kKnown, Words{"one", "--data", "a", "b", "--fast", "two", "--out", "-"});
  EXPECT_EQ(options.rest(), (Words{"one", "two"}));
  EXPECT_EQ(options.all("data"), (Words{"a", "b"}));
  EXPECT_EQ(options.text("out"), "-");
  EXPECT_EQ(options.count("steps", 1, 10), 7);
  EXPECT_TRUE(options.has("fast"));
  const Options none(kKnown, Words{});
  EXPECT_FALSE(none.has("fast") || none.has("out"));
  EXPECT_EQ(none.all("data"), Words{});
  EXPECT_EQ(Options(kKnown, Words{"--steps", "-3"}).number("steps", -5, 5), -3);
}

TEST(Options, RefuseWhatDoesNotFit) {
  const auto made = [](const Words& words) { return refusal([&] { Options(kKnown, words); }); };
  EXPECT_EQ(made({"--cat"}), "There is no option --cat: see --help.");
  EXPECT_EQ(made({"--out"}), "--out wants FILE after it.");
  EXPECT_EQ(made({"--out", "--fast"}), "--out wants FILE after it.");
  EXPECT_EQ(made({"--data", "--fast"}), "--data wants PLACE... after it.");
  EXPECT_EQ(made({"--fast", "--fast"}), "--fast is given twice.");
  for (const char* word : {"", "0", "11", "3x", "1.5", "nan", " 3", "99999999999999999999"})
    EXPECT_NE(refusal([&] { Options(kKnown, Words{"--steps", word}).count("steps", 1, 10); }), "") << word;
  for (const char* word : {"", "nan", "inf", "1e400", "2..", "1,5"})
    EXPECT_NE(refusal([&] { Options(kKnown, Words{"--steps", word}).number("steps", 1, 10); }), "") << word;
  EXPECT_EQ(refusal([] { Options(kKnown, Words{}).text("out"); }), "--out must be given: see --help.");
  EXPECT_EQ(refusal([] { Options(kKnown, Words{"--out", "c"}).one_of("out", {"a", "b"}); }),
            "--out must be one of a b, not \"c\".");
}

TEST(TrainingLog, WritesOneObjectALine) {
  LogEntry entry;
  entry.step = 300;
  entry.progress = 0.25;
  entry.seconds = 12;
  entry.seconds_left = 3725;
  entry.report = {{"learning_rate", 2e-4}, {"loss", 0.5}, {"restoration", NAN}, {"idle", 0}, {"skipped", 2}};
  EXPECT_EQ(json_line(entry),
            "{\"step\": 300, \"seconds\": 12, \"learning_rate\": 0.0002, \"loss\": 0.5, \"restoration\": null, "
            "\"idle\": 0, \"skipped\": 2}");
  EXPECT_EQ(progress_line(entry).find("idle"), std::string::npos);
  EXPECT_NE(progress_line(entry).find("skipped 2"), std::string::npos);
  EXPECT_TRUE(progress_line(entry).ends_with("1:02:05 left"));
  entry.validation = {{"psnr_y", 40.25}, {"small_psnr", 36.5}};
  EXPECT_TRUE(json_line(entry).ends_with(", \"psnr_y\": 40.25, \"small_psnr\": 36.5}"));
}

class Commands : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder / "photos");
    torch::manual_seed(9);
    for (const char* name : {"b.ppm", "a.ppm", "c.ppm"})
      write_pnm(folder / "photos" / name, torch::rand({1, 3, 20, 24}));
    std::ofstream(folder / "photos/notes.txt") << "not a picture";
    write_pnm(folder / "grey.pgm", torch::full({1, 1, 16, 16}, 0.2));
  }
  void TearDown() override { fs::remove_all(folder); }

  std::string path(const char* name) const { return folder / name; }
  static Words names(const std::vector<Picture>& pictures) {
    Words all;
    for (const Picture& p : pictures) all.push_back(p.name);
    return all;
  }

  const fs::path folder = fs::path(testing::TempDir()) / ("commands-" + std::to_string(getpid()));
};

TEST_F(Commands, PicturesComeFromFoldersAndFiles) {
  const auto pictures = read_pictures({path("photos"), path("grey.pgm")}, {"b.ppm"});
  EXPECT_EQ(names(pictures), (Words{"a.ppm", "c.ppm", "grey.pgm"}));
  EXPECT_EQ(pictures[0].bytes.sizes(), (std::vector<int64_t>{3, 20, 24}));
  EXPECT_TRUE(pictures[2].bytes.equal(torch::full({3, 16, 16}, 51, torch::kUInt8)));
  EXPECT_LT((to_unit(pictures[0].bytes) - read_pnm(path("photos/a.ppm"))[0]).abs().max().item<float>(), 1e-6);
  EXPECT_THROW(read_pictures({path("photos")}, {"d.ppm"}), std::runtime_error);
  EXPECT_THROW(read_pictures({path("photos/notes.txt")}), std::runtime_error);
  EXPECT_THROW(read_pictures({path("nothing")}), std::runtime_error);
  EXPECT_THROW(read_pictures({}), std::runtime_error);
}

TEST_F(Commands, WholePicturesArePackedAsTheyAre) {
  EXPECT_EQ(pack_command(Words{path("photos"), "--out", path("all.safetensors"), "--leave-out", "c.ppm"}), 0);
  const auto packed = read_pictures({path("all.safetensors")}), read = read_pictures({path("photos")});
  ASSERT_EQ(names(packed), (Words{"a.ppm", "b.ppm"}));
  for (size_t i = 0; i < 2; ++i) EXPECT_TRUE(packed[i].bytes.equal(read[i].bytes));
  EXPECT_EQ(names(read_pictures({path("all.safetensors")}, {"a.ppm"})), Words{"b.ppm"});
  EXPECT_THROW(pack_command(Words{path("photos"), path("photos"), "--out", path("two.safetensors")}),
               std::runtime_error);
}

TEST_F(Commands, PackedCropsAreOfThePictures) {
  const Words words = {path("photos"), "--out", path("crops.safetensors"), "--crop", "18", "--count", "70"};
  EXPECT_EQ(pack_command(words), 0);
  const auto crops = read_safetensors(path("crops.safetensors")).tensors.at("crops");
  ASSERT_EQ(crops.sizes(), (std::vector<int64_t>{70, 3, 18, 18}));
  const auto pictures = read_pictures({path("photos")});
  for (int64_t i = 0; i < 70; ++i) {
    bool found = false;
    for (const Picture& p : pictures)
      for (int64_t y = 0; y <= 2; ++y)
        for (int64_t x = 0; x <= 6; ++x)
          found = found || crops[i].equal(p.bytes.slice(1, y, y + 18).slice(2, x, x + 18));
    EXPECT_TRUE(found) << i;
  }
  EXPECT_EQ(read_pictures({path("crops.safetensors")}).size(), 70u);
  EXPECT_EQ(pack_command(words), 0);
  EXPECT_TRUE(read_safetensors(path("crops.safetensors")).tensors.at("crops").equal(crops));
}

TEST_F(Commands, TrainLogAndEvaluate) {
  const Words words = {"--scale",      "2",
                       "--data",       path("photos"),
                       "--out",        path("w.safetensors"),
                       "--blocks",     "1",
                       "--steps",      "2",
                       "--batch",      "1",
                       "--crop",       "8",
                       "--validation", path("photos/a.ppm"),
                       "--log",        path("log.jsonl"),
                       "--device",     "cpu",
                       "--bfloat16"};
  EXPECT_EQ(irn_command(words), 0);
  EXPECT_EQ(read_rescaling(path("w.safetensors"), 2)->levels()[0].size(), 1u);
  EXPECT_FALSE(fs::exists(path("w.state.safetensors")));
  std::stringstream log;
  log << std::ifstream(path("log.jsonl")).rdbuf();
  EXPECT_TRUE(log.str().starts_with("{\"step\": 2, "));
  EXPECT_NE(log.str().find("\"psnr_y\": "), std::string::npos);

  testing::internal::CaptureStdout();
  EXPECT_EQ(
      evaluate_command(Words{path("photos"), "--scale", "2", "--weights", path("w.safetensors"), "--device", "cpu"}),
      0);
  const std::string table = testing::internal::GetCapturedStdout();
  EXPECT_EQ(std::ranges::count(table, '\n'), 4);
  EXPECT_NE(table.find("| mean | "), std::string::npos);
}

TEST_F(Commands, TrainARestorerAndDegrade) {
  torch::manual_seed(2);
  for (const char* name : {"d.ppm", "e.ppm"}) write_pnm(folder / name, torch::rand({1, 3, 70, 66}));
  const Words words = {"--task",
                       "shadow",
                       "--data",
                       path("d.ppm"),
                       path("e.ppm"),
                       "--out",
                       path("r.safetensors"),
                       "--validation",
                       path("d.ppm"),
                       "--log",
                       path("log.jsonl"),
                       "--parameters",
                       "20000",
                       "--steps",
                       "9",
                       "--batch",
                       "1",
                       "--crop",
                       "32",
                       "--sides",
                       "32,64",
                       "--whole-scenes",
                       "64",
                       "--device",
                       "cpu"};
  testing::internal::CaptureStderr();
  EXPECT_EQ(restore_command(words), 0);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("So the depth is "), std::string::npos);
  EXPECT_EQ(read_restorer(path("r.safetensors"), "shadow")->shape().side, 64);
  EXPECT_FALSE(fs::exists(path("r.state.safetensors")));
  std::stringstream log;
  log << std::ifstream(path("log.jsonl")).rdbuf();
  EXPECT_TRUE(log.str().starts_with("{\"step\": 9, "));
  EXPECT_NE(log.str().find("\"clean_change\": "), std::string::npos);

  EXPECT_EQ(degrade_command(Words{path("d.ppm"), "--task", "rain", "--out", path("pairs"), "--side", "40"}), 0);
  const torch::Tensor clean = read_pnm(path("pairs/d.clean.ppm")), rainy = read_pnm(path("pairs/d.degraded.ppm"));
  EXPECT_EQ(clean.sizes(), (std::vector<int64_t>{1, 3, 42, 40}));
  EXPECT_EQ(rainy.sizes(), clean.sizes());
  EXPECT_FALSE(rainy.equal(clean));
}

TEST_F(Commands, RefuseRestorersThatMakeNoSense) {
  const auto trained = [&](Words more) {
    Words words = {"--data", path("photos"), "--out", path("w.safetensors"), "--device", "cpu"};
    words.insert(words.end(), more.begin(), more.end());
    return refusal([&] { restore_command(words); });
  };
  EXPECT_NE(trained({"--steps", "3"}), "");  // no task
  EXPECT_NE(trained({"--steps", "3", "--task", "snow"}), "");
  EXPECT_NE(trained({"--task", "rain"}), "");  // no end
  EXPECT_NE(trained({"--steps", "3", "--task", "rain", "--crop", "40"}), "");
  EXPECT_NE(trained({"--steps", "3", "--task", "rain", "--depth", "6"}), "");
  EXPECT_NE(trained({"--steps", "3", "--task", "rain", "--crop", "32", "--sides", "20"}), "");
  EXPECT_NE(refusal([&] { degrade_command(Words{path("photos"), "--out", path("pairs")}); }), "");
}

TEST_F(Commands, RefuseWhatMakesNoSense) {
  const auto trained = [&](Words more) {
    Words words = {"--scale", "4", "--data", path("photos"), "--out", path("w.safetensors"), "--device", "cpu"};
    words.insert(words.end(), more.begin(), more.end());
    return refusal([&] { irn_command(words); });
  };
  EXPECT_NE(trained({}), "");  // no end
  EXPECT_NE(trained({"--steps", "3", "--minutes", "1"}), "");
  EXPECT_NE(trained({"--steps", "3", "--crop", "10"}), "");
  EXPECT_NE(trained({"--steps", "3", "--blocks", "8,x"}), "");
  EXPECT_NE(trained({"--steps", "3", "--blocks", ""}), "");
  EXPECT_NE(trained({"--steps", "3", "--blocks", "1,1,1"}), "");
  EXPECT_NE(trained({"--steps", "3", "photo.ppm"}), "");
  EXPECT_NE(refusal([&] { evaluate_command(Words{path("photos"), "--scale", "3"}); }), "");
  EXPECT_NE(refusal([&] { evaluate_command(Words{path("photos"), "--scale", "2"}); }), "");
  EXPECT_NE(refusal([&] { pack_command(Words{path("photos")}); }), "");
  EXPECT_THROW(irn_command(Words{"--scale", "4", "--data", path("photos"), "--steps", "1", "--device", "cpu", "--out",
                                 path("nowhere/w.safetensors")}),
               std::runtime_error);
}

}  // namespace
}  // namespace pentimento
