// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/rescale.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <limits>

#include "errors.h"
#include "imaging/pictures.h"
#include "nets/rescaling.h"
#include "weights/rescaling_weights.h"

namespace pentimento {
namespace {

using torch::Tensor;

double largest(const Tensor& t) { return t.abs().max().item<double>(); }

class Rescale : public testing::Test {
 protected:
  Rescale() : network_({2}) {
    const torch::NoGradGuard no_grad;
    torch::manual_seed(4);
    for (Tensor& p : network_.parameters()) p.copy_(torch::randn(p.sizes()) * (p.dim() > 1 ? 0.02 : 0.005));
    write_rescaling(path_, network_, {});
  }
  ~Rescale() override { std::filesystem::remove(path_); }

  Tensor run(const char* method, const Tensor& picture, const std::map<std::string, double>& numbers = {}) {
    Monitor monitor([this](const Snapshot& s) { return last_ = s, answer_; }, 0);
    Task task;
    task.monitor = &monitor;
    task.inputs = {picture};
    for (const auto& [name, number] : numbers) task.options.set(name, number);
    task.options.set("weights", path_);
    const Tensor result = find_method(method)(task);
    notice_ = task.notice;
    return result;
  }
  Tensor down(const Tensor& picture) { return run("rescale-down", picture); }
  Tensor up(const Tensor& picture, int64_t height, int64_t width) {
    return run("rescale-up", picture, {{"height", static_cast<double>(height)}, {"width", static_cast<double>(width)}});
  }

  const std::string path_ = testing::TempDir() + "rescale-" + std::to_string(getpid()) + ".safetensors";
  Rescaling network_;
  Snapshot last_;
  Answer answer_ = Answer::kContinue;
  std::string notice_;
};

TEST_F(Rescale, RoundsWhatTheNetworkMakes) {
  const torch::NoGradGuard no_grad;
  const Tensor picture = torch::rand({1, 3, 6, 8});
  EXPECT_LT(largest(down(picture) * 255 - (network_.shrink(picture).small.clamp(0, 1) * 255).round()), 1e-4);
  EXPECT_EQ(last_.iteration, 2);
  EXPECT_EQ(last_.iterations, 2);
  const Tensor small = torch::rand({1, 3, 3, 4});
  EXPECT_LT(largest(run("rescale-up", small) - network_.enlarge(small).clamp(0, 1)), 1e-5);
}

TEST_F(Rescale, ComesBackInItsOwnSize) {
  for (const auto& [h, w] : {std::pair{1, 1}, {2, 1}, {3, 5}, {7, 4}}) {
    const Tensor picture = 0.2 + 0.6 * torch::rand({1, 1, 1, 1}).expand({1, 3, h, w});
    const Tensor small = down(picture);
    ASSERT_EQ(small.sizes(), (std::vector<int64_t>{1, 3, (h + 1) / 2, (w + 1) / 2}));
    ASSERT_EQ(up(small, h, w).sizes(), picture.sizes());
  }
}

// The edge that is put on is the picture's own.
TEST_F(Rescale, ExtendsByTheEdge) {
  const Tensor picture = torch::rand({1, 3, 3, 3});
  const Tensor whole = torch::cat({picture, picture.slice(3, 2)}, 3);
  EXPECT_TRUE(torch::equal(down(picture), down(torch::cat({whole, whole.slice(2, 2)}, 2))));
}

TEST_F(Rescale, KeepsGreyGrey) {
  const Tensor grey = torch::rand({1, 1, 6, 6});
  const Tensor small = down(grey.expand({1, 3, 6, 6})), large = run("rescale-up", small);
  EXPECT_TRUE(is_grey(small));
  EXPECT_TRUE(is_grey(large));
  EXPECT_LT(largest(small * 255 - (small * 255).round()), 1e-4);
  EXPECT_LT(largest(down(grey) - small.slice(1, 0, 1)), 1e-6);
}

TEST_F(Rescale, CarriesWhatIsOutOfRange) {
  Tensor picture = torch::full({1, 3, 4, 4}, 0.5);
  picture.slice(2, 0, 2).slice(3, 0, 2) += 1;
  const Tensor small = down(picture), plain = down(picture.clamp(0, 1));
  EXPECT_NEAR((small - plain)[0][0][0][0].item<double>(), 0.5, 1e-6);
  EXPECT_LT(largest((small - plain).slice(3, 1)), 1e-6);
  EXPECT_GT(run("rescale-up", small).max().item<double>(), 1.2);
}

TEST_F(Rescale, FillsWhatIsNoNumber) {
  Tensor picture = torch::full({1, 3, 4, 4}, 0.5);
  picture[0][1][2][2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_TRUE(down(picture).isfinite().all().item<bool>());
  EXPECT_NE(notice_, "");
}

TEST_F(Rescale, RefusesWhatDoesNotFit) {
  const Tensor small = torch::rand({1, 3, 3, 4});
  EXPECT_THROW(up(small, 7, 8), Error);
  EXPECT_THROW(up(small, 4, 8), Error);
  EXPECT_NO_THROW(up(small, 5, 7));
  EXPECT_THROW(run("rescale-down", small, {{"scale", 4}}), Error) << "weights for another scale";
  EXPECT_THROW(run("rescale-down", small, {{"quality", 4}}), Error);
}

TEST_F(Rescale, CanBeCancelled) {
  answer_ = Answer::kCancel;
  EXPECT_THROW(down(torch::rand({1, 3, 8, 8})), Cancelled);
}

}  // namespace
}  // namespace pentimento
