// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/provenance.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>

#include "errors.h"
#include "imaging/resample.h"
#include "weights/restorer_weights.h"

namespace pentimento {
namespace {

using torch::Tensor;

struct Told {
  Tensor shares;
  std::map<std::string, double> figures;
  std::string notice;
};

Told tell(
    const std::vector<Tensor>& inputs, const std::string& made_by = "anything", double seeds = 0,
    const std::string& weights = "", Monitor::Sink sink = [](const Snapshot&) { return Answer::kContinue; }) {
  Monitor monitor(std::move(sink), 0);
  Task task;
  task.inputs = inputs;
  task.monitor = &monitor;
  task.options.set("made-by", made_by);
  task.options.set("seeds", seeds);
  task.options.set("weights", weights);
  task.options.set("device", "cpu");
  Told told;
  told.shares = provenance(task);
  told.notice = task.notice;
  for (const auto& [name, value] : task.figures) told.figures[name] = value;
  EXPECT_LE(task.figures.size(), static_cast<size_t>(PENTIMENTO_MOST_FIGURES));
  return told;
}

Tensor waves(int64_t channels, int64_t h, int64_t w) {
  torch::manual_seed(1);
  const Tensor x = torch::arange(w).view({1, 1, 1, w}), y = torch::arange(h).view({1, 1, h, 1});
  const Tensor wave = 0.5 + 0.2 * torch::sin(0.4 * x + 0.1 * y) + 0.1 * torch::cos(0.05 * x * y);
  return (wave + 0.02 * torch::randn({1, channels, h, w})).clamp(0, 1).to(torch::kFloat);
}

TEST(Provenance, TellsAllItCanOfACopy) {
  const Tensor picture = waves(3, 40, 60);
  const Told told = tell({picture, picture.clone()});
  EXPECT_EQ(told.shares.sizes(), (std::vector<int64_t>{1, 3, 40, 60}));
  EXPECT_EQ(told.figures.at("retained"), 1);
  EXPECT_EQ(told.figures.at("invented"), 0);
  EXPECT_GT(told.figures.at("bands.0.bits"), 1);
  EXPECT_EQ(told.figures.count("bands.4.redundancy"), 1u);
  for (const char* unmeasured : {"null_energy", "consistency", "seed_std", "bands.0.paths.retained", "bands.5.bits"})
    EXPECT_EQ(told.figures.count(unmeasured), 0u) << unmeasured;
  EXPECT_TRUE(told.notice.empty());
}

TEST(Provenance, AnInpaintedHoleIsInvented) {
  const Tensor picture = waves(3, 64, 80);
  Tensor result = picture.clone();
  result.slice(2, 20, 40).slice(3, 30, 50).fill_(0.3);
  const Told told = tell({result, picture}, "inpaint");
  const Tensor changed = (result != picture).any(1).to(torch::kFloat);
  EXPECT_TRUE(torch::equal(told.shares.select(1, 2), changed));
  EXPECT_EQ(told.figures.at("consistency"), 0);
  EXPECT_EQ(told.figures.count("bands.4.null_energy"), 1u);
}

TEST(Provenance, AnEnlargedPictureIsHeldAgainstTheSmallOne) {
  const Tensor small = waves(3, 20, 31);
  const Tensor large = torch::upsample_nearest2d(small, {40, 62}).slice(3, 0, 61);
  const Told told = tell({large, small}, "rescale-up");
  EXPECT_EQ(told.shares.sizes(), (std::vector<int64_t>{1, 3, 40, 61}));
  EXPECT_NEAR(told.figures.at("null_energy"), 0, 1e-6);
  EXPECT_NEAR(told.figures.at("consistency"), 0, 1e-4);
  const Tensor shrunk = lanczos_downsample(large, 2, 2);
  EXPECT_LT(tell({large, shrunk}, "super-resolution").figures.at("consistency"), 1e-3);
}

TEST(Provenance, MeasuresTheSpreadOverSeeds) {
  const Tensor picture = waves(1, 32, 40);
  const Told told = tell({picture * 0.9, picture}, "denoise", 2);
  EXPECT_GT(told.figures.at("seed_std"), 0);
  EXPECT_EQ(told.figures.count("bands.4.seed_std"), 1u);
  const Told cannot = tell({picture * 0.9, picture}, "anything", 2);
  EXPECT_EQ(cannot.figures.count("seed_std"), 0u);
  EXPECT_FALSE(cannot.notice.empty());
  EXPECT_THROW(tell({picture, picture}, "denoise", 1), Error);
}

TEST(Provenance, LooksIntoTheNetworkThatRestored) {
  torch::manual_seed(2);
  Restorer network({12, 2, true});
  {
    const torch::NoGradGuard no_grad;
    for (Tensor& p : network.parameters()) p.add_(0.02 * torch::randn_like(p));
  }
  const std::string path = testing::TempDir() + "provenance-restorer.safetensors";
  write_restorer(path, network, "rain", {});
  const Tensor picture = waves(3, 48, 64);
  Tensor result;
  {
    const torch::NoGradGuard no_grad;
    result = network.forward(picture);
  }
  const Told told = tell({result, picture}, "restore-rain", 0, path);
  EXPECT_NEAR(told.figures.at("retained") + told.figures.at("extracted") + told.figures.at("invented"), 1, 1e-6);
  EXPECT_THROW(tell({result, picture}, "restore-haze", 0, path), Error);
  EXPECT_THROW(tell({result, picture}, "restore-rain"), Error);
  // Not of a whole number of the network's blocks, and grey.
  tell({picture.slice(2, 0, 7).slice(3, 0, 5), picture.slice(2, 0, 7).slice(3, 0, 5)}, "restore-rain", 0, path);
  tell({result.slice(1, 0, 1), picture.slice(1, 0, 1)}, "restore-rain", 0, path);
}

TEST(Provenance, RefusesWhatDoesNotFit) {
  const Tensor picture = waves(3, 40, 60);
  EXPECT_THROW(tell({picture}), Error);
  EXPECT_THROW(tell({picture, waves(3, 40, 61)}), Error);
  EXPECT_THROW(tell({picture, waves(3, 60, 40)}), Error);
  EXPECT_THROW(tell({picture, waves(3, 80, 120)}), Error);  // the other way round
  EXPECT_THROW(tell({picture, waves(3, 4, 6)}), Error);     // a tenth
  EXPECT_THROW(tell({picture, picture}, "magic"), Error);
  tell({picture, waves(3, 5, 8)});  // an eighth
}

TEST(Provenance, TakesAnyPicture) {
  Tensor picture = waves(3, 21, 84), result = waves(3, 21, 84) * 0.8;
  picture[0][0][3][3] = std::numeric_limits<float>::quiet_NaN();
  result[0][1][4][4] = std::numeric_limits<float>::infinity();
  result[0][2][5][5] = 1e30F;
  const Told told = tell({result, picture});
  EXPECT_TRUE(told.shares.isfinite().all().item<bool>());
  for (const auto& [name, value] : told.figures) EXPECT_TRUE(std::isfinite(value)) << name;
  EXPECT_FALSE(told.notice.empty());
  // Grey against colour.
  EXPECT_EQ(tell({waves(3, 16, 16), waves(1, 16, 16)}).shares.size(1), 3);
  EXPECT_EQ(tell({waves(1, 16, 16), waves(3, 16, 16)}).shares.size(1), 3);
  const Tensor black = torch::zeros({1, 3, 9, 9});
  EXPECT_EQ(tell({black, black}).figures.at("retained"), 1);
  EXPECT_EQ(tell({torch::zeros({1, 1, 1, 1}), torch::ones({1, 1, 1, 1})}).figures.at("bands.0.bits"), 0);
}

TEST(Provenance, StopsWhenAsked) {
  const Tensor picture = waves(3, 64, 64);
  EXPECT_THROW(tell({picture * 0.9, picture}, "anything", 0, "", [](const Snapshot&) { return Answer::kCancel; }),
               Cancelled);
}

}  // namespace
}  // namespace pentimento
