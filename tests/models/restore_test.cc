// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/restore.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "errors.h"
#include "imaging/pictures.h"
#include "restorer_networks.h"
#include "weights/restorer_weights.h"
#include "weights_files.h"

namespace pentimento {
namespace {

using torch::Tensor;

double largest(const Tensor& t) { return t.abs().max().item<double>(); }

class Restore : public testing::Test {
 protected:
  Restore() : network_(trained_a_little({12, 2, true})) { write_restorer(path_, *network_, "shadow", {}); }

  Tensor run(std::vector<Tensor> inputs, const std::map<std::string, double>& numbers = {},
             const std::string& kind = "shadow") {
    Monitor monitor([this](const Snapshot& s) { return last_ = s, answer_; }, 0);
    Task task;
    task.monitor = &monitor;
    task.inputs = std::move(inputs);
    for (const auto& [name, number] : numbers) task.options.set(name, number);
    task.options.set("task", kind);
    task.options.set("weights", path_);
    task.options.set("device", "cpu");
    const Tensor result = find_method("restore")(task);
    notice_ = task.notice;
    return result;
  }

  const Folder folder_;
  const std::string path_ = folder_.file("it");
  const std::shared_ptr<Restorer> network_;
  Snapshot last_;
  Answer answer_ = Answer::kContinue;
  std::string notice_;
};

// What the network makes of a picture that is mirrored at its edges, as often as need be.
Tensor restored(const Restorer& network, const Tensor& picture) {
  const int64_t h = picture.size(2), w = picture.size(3), margin = 32;
  const auto whole_cells = [](int64_t side) { return (side + 7) / 8 * 8; };
  const Tensor whole = torch::empty({1, 3, margin + whole_cells(h + margin), margin + whole_cells(w + margin)});
  const auto inside = [](int64_t i, int64_t side) {
    while (i < 0 || i >= side) i = i < 0 ? -1 - i : 2 * side - 1 - i;
    return i;
  };
  for (int64_t y = 0; y < whole.size(2); ++y)
    for (int64_t x = 0; x < whole.size(3); ++x)
      whole.select(2, y).select(2, x) = picture.select(2, inside(y - margin, h)).select(2, inside(x - margin, w));
  return network.forward(whole).slice(2, margin, margin + h).slice(3, margin, margin + w).clamp(0, 1);
}

TEST_F(Restore, GivesWhatTheNetworkMakes) {
  const torch::NoGradGuard no_grad;
  const Tensor picture = torch::rand({1, 3, 16, 24}), made = restored(*network_, picture);
  const Tensor result = run({picture});
  EXPECT_LT(largest(result - made), 1e-5);
  EXPECT_EQ(last_.iteration, last_.iterations);
  EXPECT_EQ(notice_, "");
  EXPECT_LT(largest(run({picture}, {{"strength", 0.5}}) - (picture + result) / 2), 1e-6);
  EXPECT_TRUE(torch::equal(run({picture}, {{"strength", 0}}), picture));
  EXPECT_GT(largest(made - picture), 0.05) << "the network does nothing";
}

TEST_F(Restore, TakesAnySize) {
  const torch::NoGradGuard no_grad;
  for (const auto& [h, w] : {std::pair{1, 1}, {1, 9}, {7, 2}, {13, 21}}) {
    const Tensor picture = torch::rand({1, 3, h, w});
    EXPECT_LT(largest(run({picture}) - restored(*network_, picture)), 1e-5) << h << " x " << w;
  }
}

// Of a scene that is larger than the network knows a small picture is restored, and its change carried up.
TEST_F(Restore, CarriesTheChangeOfASmallPictureUp) {
  const torch::NoGradGuard no_grad;
  const Tensor picture = torch::rand({1, 3, 70, 45});
  Restorer darker({12, 1, true, 16});
  write_restorer(path_, darker, "shadow", {});
  EXPECT_TRUE(torch::equal(run({picture}), picture)) << "what is left alone keeps its finest detail";

  darker.named_parameters()["field.bias"].fill_(-0.4);  // everywhere the same gain
  write_restorer(path_, darker, "shadow", {});
  const double gain = std::exp(1.5 * std::tanh(-0.4 / 1.5));
  EXPECT_LT(largest(run({picture}) - gain * picture), 0.02);
  const Tensor small = torch::rand({1, 3, 16, 20});
  EXPECT_LT(largest(run({small}) - gain * small), 1e-6);
}

TEST_F(Restore, KeepsGreyGrey) {
  const Tensor grey = torch::rand({1, 1, 9, 8}), colors = run({grey.expand({1, 3, 9, 8})});
  EXPECT_TRUE(is_grey(colors));
  EXPECT_LT(largest(run({grey}) - colors.slice(1, 0, 1)), 1e-6);
  EXPECT_GT(largest(run({grey}) - grey), 0.01);
}

TEST_F(Restore, CarriesWhatIsOutOfRange) {
  Tensor picture = torch::rand({1, 3, 8, 8});
  picture.slice(3, 0, 2) += 1.25;
  picture.slice(3, 6) -= 1.25;
  const Tensor plain = picture.clamp(0, 1);
  EXPECT_LT(largest(run({picture}) - (run({plain}) + picture - plain)), 1e-6);
}

TEST_F(Restore, FillsWhatIsNoNumber) {
  Tensor picture = torch::full({1, 3, 9, 9}, 0.5);
  picture[0][1][2][2] = std::numeric_limits<float>::quiet_NaN();
  picture[0][0][8][8] = std::numeric_limits<float>::infinity();
  const Tensor whole = torch::full({1, 3, 9, 9}, 0.5);
  EXPECT_LT(largest(run({picture}) - run({whole})), 1e-5);
  run({picture});
  EXPECT_NE(notice_, "");
}

TEST_F(Restore, RefusesWhatDoesNotFit) {
  const Tensor picture = torch::rand({1, 3, 8, 8});
  EXPECT_THROW(run({}), Error);
  EXPECT_THROW(run({picture, picture}), Error);
  EXPECT_THROW(run({torch::rand({1, 2, 8, 8})}), Error);
  EXPECT_THROW(run({picture}, {{"strength", 1.5}}), Error);
  EXPECT_THROW(run({picture}, {{"seed", 1}}), Error);
  EXPECT_THROW(run({picture}, {}, "fog"), Error);
  EXPECT_NE(refusal([&] { run({picture}, {}, "rain"); }).find("shadow"), std::string::npos);
  std::filesystem::remove(path_);
  EXPECT_NE(refusal([&] { run({picture}); }).find(path_), std::string::npos);
}

TEST_F(Restore, CanBeCancelled) {
  answer_ = Answer::kCancel;
  EXPECT_THROW(run({torch::rand({1, 3, 8, 8})}), Cancelled);
}

}  // namespace
}  // namespace pentimento
