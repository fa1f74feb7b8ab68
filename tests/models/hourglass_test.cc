// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/hourglass.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace pentimento {
namespace {

using torch::Tensor;

int64_t parameters(const HourglassOptions& options) {
  int64_t n = 0;
  for (const Tensor& p : Hourglass(options).parameters()) n += p.numel();
  return n;
}

HourglassOptions shaped(int64_t in, std::vector<int64_t> widths, std::vector<int64_t> skips, int64_t out = 3) {
  HourglassOptions o = HourglassOptions::uniform(in, static_cast<int64_t>(widths.size()), 8, 0, out);
  o.down = o.up = std::move(widths);
  o.skip = std::move(skips);
  return o;
}

// The published networks' count, whose every convolution has a bias.
int64_t published_parameters(const HourglassOptions& o) {
  int64_t n = parameters(o);
  for (size_t i = 0; i < o.down.size(); ++i) n += o.skip[i] + 2 * o.down[i] + (o.pointwise_up ? 2 : 1) * o.up[i];
  return n;
}

// Counted from the published recipes, task by task.
TEST(Hourglass, HasThePapersParameterCounts) {
  EXPECT_EQ(parameters({}), 2217831 - 2580);
  EXPECT_EQ(published_parameters({}), 2217831);  // denoising, super-resolution
  EXPECT_EQ(published_parameters(shaped(3, {8, 16, 32, 64, 128}, {0, 0, 0, 4, 4})), 572827);  // JPEG artefacts
  EXPECT_EQ(published_parameters(HourglassOptions::uniform(2, 5, 128, 0, 3)), 2157955);       // a large hole
  EXPECT_EQ(published_parameters(HourglassOptions::uniform(32, 5, 128, 128, 3)), 3002627);    // text
  EXPECT_EQ(published_parameters(HourglassOptions::uniform(32, 5, 128, 4, 1)), 2217573);      // half the pixels, grey
  EXPECT_EQ(published_parameters(HourglassOptions::uniform(3, 5, 128, 4, 3)), 2184307);       // flash and no-flash
  HourglassOptions library = shaped(1, {16, 32, 64, 128, 128, 128}, {0, 0, 0, 0, 0, 0});
  library.down_kernel = std::vector<int64_t>(6, 5);
  library.pointwise_up = false;
  EXPECT_EQ(published_parameters(library), 2996467);
}

TEST(Hourglass, KeepsAnySizeThatItsSkipsCanRepair) {
  torch::NoGradGuard no_grad;
  Hourglass net(HourglassOptions::uniform(2, 3, 4, 2, 3));
  for (const auto& [h, w] : std::vector<std::pair<int64_t, int64_t>>{{16, 16}, {17, 23}, {9, 40}, {33, 10}}) {
    const Tensor out = net.forward(torch::rand({1, 2, h, w}));
    EXPECT_EQ(out.sizes(), (std::vector<int64_t>{1, 3, h, w}));
    EXPECT_GE(out.min().item<float>(), 0);
    EXPECT_LE(out.max().item<float>(), 1);
  }
  EXPECT_EQ(net.min_side(), 9);
  EXPECT_NO_THROW(net.forward(torch::rand({1, 2, 9, 9})));
  EXPECT_THROW(net.forward(torch::rand({1, 2, 8, 8})), c10::Error);
}

TEST(Hourglass, WorksWithEveryChoice) {
  for (const Downsampling d : {Downsampling::kStride, Downsampling::kAverage, Downsampling::kMax,
                               Downsampling::kLanczos2, Downsampling::kLanczos3})
    for (const Upsampling u : {Upsampling::kNearest, Upsampling::kBilinear, Upsampling::kBilinearAligned})
      for (const Activation a : {Activation::kLeakyRelu, Activation::kSwish, Activation::kElu, Activation::kNone})
        for (const Padding p : {Padding::kReflection, Padding::kZero}) {
          HourglassOptions o = HourglassOptions::uniform(2, 2, 4, 2, 1);
          o.downsampling = d;
          o.upsampling = std::vector<Upsampling>(2, u);
          o.activation = a;
          o.padding = p;
          Hourglass net(o);
          const Tensor out = net.forward(torch::rand({1, 2, 16, 16}));
          ASSERT_EQ(out.sizes(), (std::vector<int64_t>{1, 1, 16, 16}));
          out.sum().backward();
          for (const auto& q : net.named_parameters()) ASSERT_TRUE(q.value().grad().defined()) << q.key();
        }
}

TEST(Hourglass, RefusesListsOfUnequalLength) {
  HourglassOptions o;
  o.skip.pop_back();
  EXPECT_THROW(Hourglass{o}, c10::Error);
}

// The oracle: one scale, written out pixel by pixel from the paper's figure, in double precision.
using Plane = std::vector<std::vector<double>>;
using Planes = std::vector<Plane>;

Planes planes_of(const Tensor& t) {
  Planes p(t.size(1), Plane(t.size(2), std::vector<double>(t.size(3))));
  for (int64_t c = 0; c < t.size(1); ++c)
    for (int64_t y = 0; y < t.size(2); ++y)
      for (int64_t x = 0; x < t.size(3); ++x) p[c][y][x] = t[0][c][y][x].item<double>();
  return p;
}

int64_t reflect(int64_t i, int64_t n) { return i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i; }

class Oracle {
 public:
  explicit Oracle(const Hourglass& net) {
    for (const auto& p : net.named_parameters()) values_[p.key()] = p.value();
  }

  Planes convolve(const Planes& in, const std::string& name, int64_t stride) {
    const Tensor w = values_.at(name + ".weight");
    const Tensor b = values_.count(name + ".bias") ? values_.at(name + ".bias") : torch::zeros(w.size(0));
    const int64_t k = w.size(2), pad = k / 2, h = in[0].size(), wd = in[0][0].size();
    const int64_t oh = (h + stride - 1) / stride, ow = (wd + stride - 1) / stride;
    Planes out(w.size(0), Plane(oh, std::vector<double>(ow)));
    for (int64_t o = 0; o < w.size(0); ++o)
      for (int64_t y = 0; y < oh; ++y)
        for (int64_t x = 0; x < ow; ++x) {
          double sum = b[o].item<double>();
          for (size_t c = 0; c < in.size(); ++c)
            for (int64_t i = 0; i < k; ++i)
              for (int64_t j = 0; j < k; ++j)
                sum += w[o][c][i][j].item<double>() *
                       in[c][reflect(y * stride + i - pad, h)][reflect(x * stride + j - pad, wd)];
          out[o][y][x] = sum;
        }
    return out;
  }

  Planes normalise(Planes p, const std::string& name, bool activate) {
    const Tensor g = values_.at(name + ".weight"), b = values_.at(name + ".bias");
    for (size_t c = 0; c < p.size(); ++c) {
      double n = 0, sum = 0, squares = 0;
      for (const auto& row : p[c])
        for (double v : row) sum += v, squares += v * v, ++n;
      const double mean = sum / n, scale = g[c].item<double>() / std::sqrt(squares / n - mean * mean + 1e-5);
      for (auto& row : p[c])
        for (double& v : row) {
          v = (v - mean) * scale + b[c].item<double>();
          if (activate && v < 0) v *= 0.2;
        }
    }
    return p;
  }

  static Planes twice(const Planes& in) {
    const int64_t h = in[0].size(), w = in[0][0].size();
    Planes out(in.size(), Plane(2 * h, std::vector<double>(2 * w)));
    const auto at = [](int64_t i, int64_t n, double& f) {
      const double s = std::max(0.0, (static_cast<double>(i) + 0.5) / 2 - 0.5);
      const int64_t low = static_cast<int64_t>(s);
      f = s - static_cast<double>(low);
      return std::make_pair(low, std::min(low + 1, n - 1));
    };
    for (size_t c = 0; c < in.size(); ++c)
      for (int64_t y = 0; y < 2 * h; ++y)
        for (int64_t x = 0; x < 2 * w; ++x) {
          double fy, fx;
          const auto [y0, y1] = at(y, h, fy);
          const auto [x0, x1] = at(x, w, fx);
          out[c][y][x] = (1 - fy) * ((1 - fx) * in[c][y0][x0] + fx * in[c][y0][x1]) +
                         fy * ((1 - fx) * in[c][y1][x0] + fx * in[c][y1][x1]);
        }
    return out;
  }

 private:
  std::map<std::string, Tensor> values_;
};

TEST(Hourglass, ComputesWhatThePapersFigureSays) {
  torch::manual_seed(3);
  torch::NoGradGuard no_grad;
  Hourglass net(HourglassOptions::uniform(2, 1, 4, 3, 2));
  for (Tensor& p : net.parameters()) p.uniform_(-0.5, 0.5);
  const Tensor input = torch::rand({1, 2, 6, 8});

  Oracle o(net);
  const Planes x = planes_of(input);
  const Planes skip = o.normalise(o.convolve(x, "scale0.skip", 1), "scale0.skip_norm", true);
  Planes deep = o.normalise(o.convolve(x, "scale0.down", 2), "scale0.down_norm", true);
  deep = o.normalise(o.convolve(deep, "scale0.same", 1), "scale0.same_norm", true);
  deep = Oracle::twice(deep);
  Planes joined = skip;  // the skip connection's channels come first
  joined.insert(joined.end(), deep.begin(), deep.end());
  joined = o.normalise(joined, "scale0.join_norm", false);
  joined = o.normalise(o.convolve(joined, "scale0.up", 1), "scale0.up_norm", true);
  joined = o.normalise(o.convolve(joined, "scale0.pointwise", 1), "scale0.pointwise_norm", true);
  const Planes expected = o.convolve(joined, "last", 1);

  const Planes got = planes_of(net.forward(input));
  for (size_t c = 0; c < got.size(); ++c)
    for (size_t y = 0; y < got[c].size(); ++y)
      for (size_t i = 0; i < got[c][y].size(); ++i)
        ASSERT_NEAR(got[c][y][i], 1 / (1 + std::exp(-expected[c][y][i])), 1e-4) << c << ' ' << y << ' ' << i;
}

}  // namespace
}  // namespace pentimento
