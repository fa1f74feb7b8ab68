// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/restorer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "nets/restorer_tiles.h"
#include "restorer_networks.h"
#include "weights/restorer_weights.h"
#include "weights/safetensors.h"
#include "weights_files.h"

namespace pentimento {
namespace {

using torch::Tensor;

double largest(const Tensor& difference) { return difference.abs().max().item<double>(); }

int64_t count(const std::vector<Tensor>& parameters) {
  int64_t n = 0;
  for (const Tensor& p : parameters) n += p.numel();
  return n;
}

// The network of its parameters' names, pixel by pixel in double precision.
class Oracle {
 public:
  explicit Oracle(const Restorer& network) : depth_(network.shape().depth) {
    for (const auto& p : network.named_parameters()) parameters_[p.key()] = p.value().detach().to(torch::kDouble);
  }

  Tensor operator()(const Tensor& picture) const {
    Tensor x = block("before0", convolved("entry", transformed(picture.to(torch::kDouble))));
    const Tensor detail = x;
    std::vector<Tensor> levels;
    for (int64_t l = 1; l <= depth_; ++l) {
      x = block(level(l) + "down_block", convolved(level(l) + "down", transformed(x)));
      levels.push_back(x);
    }
    Tensor field;
    for (int64_t l = depth_; l >= 1; --l) {
      if (l == 1) field = convolved("field", x);
      x = joined(convolved(level(l) + "up", x));
      if (l > 1) x = block(level(l) + "up_block", x + levels[static_cast<size_t>(l) - 2]);
    }
    const Tensor made = convolved("head", block("after1", block("after0", detail + x)));
    const Tensor logarithm = enlarged(made.slice(1, 12), 2) + enlarged(field, 4);
    return picture * torch::exp(1.5 * torch::tanh(logarithm / 1.5)) + joined(made.slice(1, 0, 12));
  }

 private:
  static std::string level(int64_t l) { return "level" + std::to_string(l) + "_"; }

  Tensor convolved(const std::string& name, const Tensor& in) const {
    const Tensor weight = parameters_.at(name + ".weight"), bias = parameters_.at(name + ".bias");
    const int64_t side = weight.size(2), h = in.size(2), w = in.size(3);
    const Tensor out = torch::zeros({1, weight.size(0), h, w}, torch::kDouble);
    const auto k = weight.accessor<double, 4>(), from = in.accessor<double, 4>();
    auto to = out.accessor<double, 4>();
    for (int64_t o = 0; o < weight.size(0); ++o)
      for (int64_t y = 0; y < h; ++y)
        for (int64_t x = 0; x < w; ++x) {
          double sum = bias[o].item<double>();
          for (int64_t i = 0; i < side; ++i)
            for (int64_t j = 0; j < side; ++j)
              if (const int64_t v = y + i - side / 2, u = x + j - side / 2; v >= 0 && v < h && u >= 0 && u < w)
                for (int64_t c = 0; c < in.size(1); ++c) sum += k[o][c][i][j] * from[0][c][v][u];
          to[0][o][y][x] = sum;
        }
    return out;
  }

  Tensor block(const std::string& name, const Tensor& in) const {
    const Tensor inner = convolved(name + ".first", in);
    return in + convolved(name + ".second", torch::where(inner > 0, inner, 0.1 * inner));
  }

  // Means and differences of 2 x 2 pixels, and back.
  static Tensor transformed(const Tensor& in) {
    const int64_t channels = in.size(1);
    const Tensor out = torch::zeros({1, 4 * channels, in.size(2) / 2, in.size(3) / 2}, torch::kDouble);
    const auto p = in.accessor<double, 4>();
    auto b = out.accessor<double, 4>();
    for (int64_t n = 0; n < 4; ++n)
      for (int64_t c = 0; c < channels; ++c)
        for (int64_t y = 0; y < out.size(2); ++y)
          for (int64_t x = 0; x < out.size(3); ++x)
            for (int64_t i = 0; i < 4; ++i)
              b[0][n * channels + c][y][x] += sign(n, i) * p[0][c][2 * y + i / 2][2 * x + i % 2] / 4;
    return out;
  }
  static Tensor joined(const Tensor& in) {
    const int64_t channels = in.size(1) / 4;
    const Tensor out = torch::zeros({1, channels, 2 * in.size(2), 2 * in.size(3)}, torch::kDouble);
    const Tensor values = in.contiguous();
    const auto b = values.accessor<double, 4>();
    auto p = out.accessor<double, 4>();
    for (int64_t n = 0; n < 4; ++n)
      for (int64_t c = 0; c < channels; ++c)
        for (int64_t y = 0; y < in.size(2); ++y)
          for (int64_t x = 0; x < in.size(3); ++x)
            for (int64_t i = 0; i < 4; ++i)
              p[0][c][2 * y + i / 2][2 * x + i % 2] += sign(n, i) * b[0][n * channels + c][y][x];
    return out;
  }
  // Of pixel i (row by row) in band n: the mean, left - right, top - bottom, diagonals.
  static double sign(int64_t n, int64_t i) { return (n & 1 && i % 2 ? -1 : 1) * (n & 2 && i / 2 ? -1 : 1); }

  // Bilinear, between the centres of pixels.
  static Tensor enlarged(const Tensor& in, int64_t factor) {
    const int64_t h = in.size(2), w = in.size(3);
    const Tensor out = torch::zeros({1, in.size(1), factor * h, factor * w}, torch::kDouble);
    const auto place = [factor](int64_t i, int64_t side) {
      return std::clamp((static_cast<double>(i) + 0.5) / static_cast<double>(factor) - 0.5, 0.0,
                        static_cast<double>(side - 1));
    };
    for (int64_t y = 0; y < factor * h; ++y)
      for (int64_t x = 0; x < factor * w; ++x) {
        const double v = place(y, h), u = place(x, w);
        const auto top = static_cast<int64_t>(v), left = static_cast<int64_t>(u);
        for (int64_t i = top; i < std::min(top + 2, h); ++i)
          for (int64_t j = left; j < std::min(left + 2, w); ++j)
            out.select(2, y).select(2, x) += (1 - std::abs(v - static_cast<double>(i))) *
                                             (1 - std::abs(u - static_cast<double>(j))) * in.select(2, i).select(2, j);
      }
    return out;
  }

  int64_t depth_;
  std::map<std::string, Tensor> parameters_;
};

TEST(Restorer, IsWhatItsDefinitionSays) {
  const auto network = trained_a_little({12, 2, true});
  const Tensor picture = torch::rand({1, 3, 8, 16});
  const Tensor made = network->forward(picture);
  EXPECT_LT(largest(made - Oracle(*network)(picture)), 2e-5);
  EXPECT_GT(largest(made - picture), 0.05) << "the network does nothing";
}

TEST(Restorer, ChangesNothingBeforeItIsTrained) {
  for (const int64_t depth : {0, 1, 3}) {
    const Restorer network({12, depth, true});
    const Tensor picture = torch::rand({2, 3, network.multiple(), 2 * network.multiple()});
    EXPECT_TRUE(torch::equal(network.forward(picture), picture)) << depth;
  }
}

// Counted by another program from the description.
TEST(Restorer, HasTheSizeThatItsDescriptionMeans) {
  EXPECT_EQ(count(Restorer({16, 4, true}).parameters()), 1'203'922);
  EXPECT_EQ(count(Restorer({24, 5, true}).parameters()), 3'616'194);
  for (const bool detail : {true, false}) {
    const int64_t width = width_for(600'000, 3, detail);
    EXPECT_LE(count(Restorer({width, 3, detail}).parameters()), 600'000);
    EXPECT_GT(count(Restorer({width + 1, 3, detail}).parameters()), 600'000);
  }
  const Restorer network({12, 2, true});
  EXPECT_EQ(network.entry().sizes(), (std::vector<int64_t>{12, 12, 3, 3}));
  EXPECT_EQ(count(network.deepest_parameters()), 2 * 72 * (9 * 72 + 1));
}

TEST(Restorer, LosesNothingByShapeWhereItHasADetailPath) {
  for (const double ratio : Restorer({12, 5, true}).dimension_ratios()) EXPECT_GE(ratio, 1);
  const std::vector<double> without = Restorer({12, 3, false}).dimension_ratios();
  ASSERT_EQ(without.size(), 4u);
  EXPECT_DOUBLE_EQ(without[0], 1);  // 12 channels at half the resolution of 3
  EXPECT_LT(without[2], 1);
  EXPECT_DOUBLE_EQ(without[3], 72.0 / (3 * 256));
}

TEST(Restorer, IsItsParts) {
  for (const RestorerShape& shape : {RestorerShape{12, 0, true}, {12, 2, true}, {12, 2, false}}) {
    const auto network = trained_a_little(shape);
    const Tensor picture = torch::rand({1, 3, 16, 16}), detail = network->detail(picture);
    const Restorer::Abstraction abstraction = network->abstraction(detail);
    EXPECT_TRUE(torch::equal(network->restored(picture, detail, abstraction), network->forward(picture)));
    EXPECT_EQ(abstraction.levels.size(), static_cast<size_t>(shape.depth));
    EXPECT_EQ(abstraction.field.defined(), shape.detail && shape.depth > 0);
    if (shape.depth > 0) {
      EXPECT_EQ(abstraction.deepest.sizes(), (std::vector<int64_t>{1, 72, 2, 2}));
      EXPECT_EQ(abstraction.joined.sizes(), detail.sizes());
    }
  }
}

TEST(Restorer, LearnsInEveryParameter) {
  for (const bool detail : {true, false}) {
    const auto network = trained_a_little({12, 2, detail});
    const Tensor picture = torch::rand({1, 3, 16, 16});
    (network->forward(picture) - torch::rand_like(picture)).square().mean().backward();
    for (const auto& p : network->named_parameters())
      EXPECT_TRUE(p.value().grad().defined() && largest(p.value().grad()) > 0) << p.key();
  }
}

// On black, where nothing that is added to rounds it away: the gain, which reaches a pixel further, is not seen there.
TEST(Restorer, SeesAsFarAsItSays) {
  const torch::NoGradGuard no_grad;
  for (const int64_t depth : {0, 1, 2, 3}) {
    Restorer network({12, depth, true});
    for (Tensor& p : network.parameters()) p.dim() > 1 ? p.uniform_(0, 0.1) : p.zero_();
    const int64_t cell = network.multiple(), border = 2 * cell, reach = network.reach();
    Tensor picture = torch::zeros({1, 3, cell, (border + reach + 2 * cell) / cell * cell});
    picture.slice(3, 0, border).fill_(1);
    const Tensor made = network.forward(picture);
    EXPECT_EQ(largest(made.slice(3, border + reach)), 0) << depth;
    EXPECT_GT(largest(made.slice(3, border + reach - 2, border + reach)), 0) << depth;
  }
}

TEST(RestorerTiles, ComeOutAsThePictureAtOnce) {
  const torch::NoGradGuard no_grad;
  const auto network = trained_a_little({12, 2, true});
  struct Case {
    int64_t h, w, most;
  };
  for (const auto& [h, w, most] : {Case{37, 400, 22'000}, {400, 20, 18'000}}) {
    const Tensor picture = torch::rand({1, 3, h, w}),
                 whole = restored_tile(*network, picture, plan_tiles(*network, h, w, 1'000'000)[0]);
    ASSERT_EQ(whole.sizes(), picture.sizes());
    const std::vector<RestorerTile> tiles = plan_tiles(*network, h, w, most);
    ASSERT_GT(tiles.size(), 3u);
    for (const RestorerTile& t : tiles) EXPECT_LE(t.pixels(), most);
    Tensor parts = torch::full_like(picture, 9);
    for (const RestorerTile& t : tiles)
      parts.slice(2, t.own_top, t.own_bottom)
          .slice(3, t.own_left, t.own_right)
          .copy_(restored_tile(*network, picture, t));
    EXPECT_LT(largest(parts - whole), 1e-5);
  }
  // A tile that is shown too little is another one.
  const Tensor picture = torch::rand({1, 3, 16, 200});
  RestorerTile tile = {0, 16, 96, 136, 0, 16, 0, 200};
  const Tensor right = restored_tile(*network, picture, tile);
  tile.left = 88;
  EXPECT_GT(largest(restored_tile(*network, picture, tile) - right), 1e-4);
}

TEST(RestorerWeights, ComeBackBitForBit) {
  const Folder folder;
  for (const RestorerShape& shape : {RestorerShape{12, 0, true}, {14, 2, true}}) {
    const auto network = trained_a_little(shape);
    write_restorer(folder.file("it"), *network, "haze", {{"data", "made up"}, {"task", "rain"}});
    const auto found = read_restorer(folder.file("it"), "haze");
    EXPECT_EQ(found->shape().width, shape.width);
    EXPECT_EQ(found->shape().depth, shape.depth);
    const auto theirs = found->named_parameters();
    for (const auto& p : network->named_parameters()) EXPECT_TRUE(torch::equal(theirs[p.key()], p.value())) << p.key();
    EXPECT_EQ(read_safetensors(folder.file("it")).metadata.at("data"), "made up");
  }
}

TEST(RestorerWeights, AreRefusedWhereTheyAreNotExactlyTheNetworks) {
  const Folder folder;
  const std::string path = folder.file("it.safetensors");
  write_restorer(path, Restorer({12, 2, true}), "rain", {});
  const Weights right = read_safetensors(path);
  const std::string sentence =
      "The weights in " + path + " are not for restoring pictures from rain, haze or shadow: choose others.";
  const auto changed = [&](const std::function<void(Weights&)>& change) {
    Weights weights = right;
    change(weights);
    write_safetensors(path, weights);
    return refusal([&] { read_restorer(path, "rain"); });
  };
  EXPECT_EQ(changed([](Weights&) {}), "");
  EXPECT_EQ(changed([](Weights& w) { w.tensors.clear(); }), sentence);
  EXPECT_EQ(changed([](Weights& w) { w.tensors.erase("head.bias"); }), sentence);
  EXPECT_EQ(changed([](Weights& w) { w.tensors["head.scale"] = torch::zeros({1}); }), sentence);
  EXPECT_EQ(changed([](Weights& w) { w.tensors["head.weight"] = torch::zeros({15, 12, 1, 1}); }), sentence);
  EXPECT_EQ(changed([](Weights& w) { w.tensors["entry.bias"] = torch::zeros({100'000}); }), sentence);
  EXPECT_EQ(changed([](Weights& w) { w.tensors["entry.bias"] = torch::zeros({11}); }), sentence);
  EXPECT_EQ(changed([](Weights& w) {
              for (int l = 3; l < 9; ++l) w.tensors["level" + std::to_string(l) + "_down.bias"] = torch::zeros({72});
            }),
            sentence);
  EXPECT_EQ(changed([](Weights& w) { w.metadata["network"] = "rescaling"; }), sentence);
  EXPECT_EQ(changed([](Weights& w) { w.metadata["depth"] = "3"; }), sentence);
  EXPECT_EQ(changed([](Weights& w) { w.metadata.erase("task"); }), sentence);
  EXPECT_EQ(changed([](Weights& w) { w.metadata["task"] = "haze"; }),
            "The chosen weights are for the task \"haze\": choose that task, or weights for the one you want.");
}

}  // namespace
}  // namespace pentimento
