// SPDX-License-Identifier: GPL-3.0-or-later
// Bicubic resizing as Matlab's, and the metrics of papers on super-resolution.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <vector>

#include "imaging/bicubic.h"
#include "imaging/metrics.h"
#include "train/figures.h"
#include "train/pictures.h"

namespace pentimento {
namespace {

using torch::Tensor;

double largest(const Tensor& t) { return t.abs().max().item<double>(); }

enum class Border { kMirrored, kReplicated };

// One axis of imresize, sample by sample, with Matlab's own numbering from 1.
std::vector<double> imresize(const std::vector<double>& in, double scale, Border border) {
  const auto cubic = [](double x) {
    x = std::abs(x);
    if (x <= 1) return 1.5 * x * x * x - 2.5 * x * x + 1;
    return x <= 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0;
  };
  const auto size = static_cast<int>(in.size()), outputs = static_cast<int>(std::ceil(size * scale));
  std::vector<double> out;
  for (int x = 1; x <= outputs; ++x) {
    const double u = x / scale + 0.5 * (1 - 1 / scale), squeeze = std::min(scale, 1.0);
    double sum = 0, weights = 0;
    for (int i = -5 * size; i <= 6 * size; ++i) {
      const double weight = cubic(squeeze * (u - i));
      int place = i;
      while (border == Border::kMirrored && (place < 1 || place > size))
        place = place < 1 ? 1 - place : 2 * size + 1 - place;
      place = std::clamp(place, 1, size);
      sum += weight * in[static_cast<size_t>(place - 1)];
      weights += weight;
    }
    out.push_back(sum / weights);
  }
  return out;
}

// 1 x C x H x W, height first; `between` is done to what stands between the passes.
template <typename Between>
Tensor imresize(const Tensor& picture, double scale, Border border, Between between) {
  const auto along_rows = [&](const Tensor& rows) {  // C x H x W
    std::vector<Tensor> made;
    for (const Tensor& row : rows.flatten(0, 1).to(torch::kDouble).unbind()) {
      const Tensor line = row.contiguous();
      const double* first = line.data_ptr<double>();
      made.push_back(torch::tensor(imresize(std::vector<double>(first, first + line.numel()), scale, border)));
    }
    return torch::stack(made).view({rows.size(0), rows.size(1), -1});
  };
  const Tensor higher = between(along_rows(picture[0].transpose(1, 2)).transpose(1, 2));
  return between(along_rows(higher)).unsqueeze(0);
}

TEST(Bicubic, IsMatlabsAtAnySizeAndScale) {
  torch::manual_seed(4);
  for (const double scale : {0.5, 0.25, 0.3, 1.0, 2.0, 4.0, 1.7})
    for (const auto& [h, w] : {std::pair{7, 12}, {1, 5}, {16, 3}}) {
      const Tensor picture = torch::rand({1, 2, h, w});
      const Tensor expected = imresize(picture, scale, Border::kMirrored, [](const Tensor& t) { return t; });
      const Tensor result = bicubic(picture, scale);
      ASSERT_EQ(result.sizes(), expected.sizes()) << scale << " " << h << " " << w;
      EXPECT_LT(largest(result - expected), 1e-5) << scale << " " << h << " " << w;
    }
}

// The evaluation sets' small pictures were made by an older Matlab: borders replicated, 8 bits between the passes.
TEST(Bicubic, MakesSet5sSmallPictures) {
  const std::filesystem::path folder = std::filesystem::path(SHARED_DATA) / "eval/set5/image_SRF_4";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no evaluation pictures";
  std::vector<Picture> pictures;
  try {
    pictures = read_pictures({folder / "img_002_SRF_4_HR.png", folder / "img_002_SRF_4_LR.png"});
  } catch (const std::exception& e) {
    GTEST_SKIP() << e.what();
  }
  const Tensor large = pictures[0].bytes.unsqueeze(0).to(torch::kDouble), small = pictures[1].bytes.unsqueeze(0);
  const auto in_bytes = [](const Tensor& t) { return t.round().clamp(0, 255); };
  const Tensor old = imresize(large, 0.25, Border::kReplicated, in_bytes);
  ASSERT_EQ(old.sizes(), small.sizes());
  EXPECT_LT((old != small).to(torch::kDouble).mean().item<double>(), 0.003);  // ties at one half
  EXPECT_LE(largest(old - small), 1);
  // Ours differs by the rounding between the passes, and where it overshoots.
  const auto inside = [](const Tensor& t) { return t.slice(2, 3, -3).slice(3, 3, -3); };
  EXPECT_LT(largest(inside(bicubic(large.to(torch::kFloat), 0.25).clamp(0, 255)) - inside(small)), 1.6);
}

double luma(const Tensor& t, int64_t y, int64_t x) {
  const auto at = [&](int c) { return std::clamp(t[0][c][y][x].item<double>(), 0.0, 1.0); };
  return 16 + 65.481 * at(0) + 128.553 * at(1) + 24.966 * at(2);
}

TEST(Metrics, PsnrYIsThatOfLumaInsideTheBorder) {
  torch::manual_seed(5);
  const Tensor a = torch::rand({1, 3, 9, 11}) * 1.2 - 0.1, b = torch::rand({1, 3, 9, 11});
  double sum = 0;
  for (int64_t y = 2; y < 7; ++y)
    for (int64_t x = 2; x < 9; ++x) sum += std::pow(luma(a, y, x) - luma(b, y, x), 2);
  EXPECT_NEAR(psnr_y(a, b, 2), 10 * std::log10(255 * 255 / (sum / (5 * 7))), 1e-4);
  EXPECT_GT(psnr_y(a, b, 0), 0);  // no border at all
}

TEST(Metrics, SsimIsTheMeanOverAllWindowsThatLieInside) {
  torch::manual_seed(6);
  const Tensor b = torch::rand({1, 3, 15, 16}), a = (b + 0.2 * torch::randn_like(b)).clamp(0, 1);
  const int64_t border = 1;
  double mean = 0;
  int64_t windows = 0;
  for (int64_t top = border; top + 11 <= 15 - border; ++top)
    for (int64_t left = border; left + 11 <= 16 - border; ++left, ++windows) {
      double weight = 0, ma = 0, mb = 0, va = 0, vb = 0, covariance = 0;
      const auto each = [&](const auto& visit) {
        for (int64_t y = 0; y < 11; ++y)
          for (int64_t x = 0; x < 11; ++x)
            visit(std::exp(-(std::pow(y - 5, 2) + std::pow(x - 5, 2)) / (2 * 1.5 * 1.5)), luma(a, top + y, left + x),
                  luma(b, top + y, left + x));
      };
      each([&](double w, double p, double q) { weight += w, ma += w * p, mb += w * q; });
      ma /= weight, mb /= weight;
      each([&](double w, double p, double q) {
        va += w * (p - ma) * (p - ma) / weight;
        vb += w * (q - mb) * (q - mb) / weight;
        covariance += w * (p - ma) * (q - mb) / weight;
      });
      const double c1 = std::pow(0.01 * 255, 2), c2 = std::pow(0.03 * 255, 2);
      mean += (2 * ma * mb + c1) * (2 * covariance + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2));
    }
  EXPECT_NEAR(ssim_y(a, b, border), mean / static_cast<double>(windows), 1e-5);
  EXPECT_NEAR(ssim_y(b, b, border), 1, 1e-9);
}

// The untrained network is the Haar transform: its small picture holds means of 2 x 2 pixels, and z = 0 repeats them.
TEST(Figures, AreThoseOfWhatIsStoredIn8Bits) {
  torch::manual_seed(7);
  const Tensor bytes = torch::randint(256, {3, 21, 19}, torch::kUInt8);  // one row and column too many
  const Rescaling network({1});
  const Figures figures = measure(rescaler(network), bytes, 3, torch::kCPU);
  const Tensor picture = bytes.slice(1, 0, 20).slice(2, 0, 18).unsqueeze(0) / 255.0;
  const auto in_bytes = [](const Tensor& t) { return (t.clamp(0, 1) * 255).round() / 255; };
  const Tensor small = in_bytes(torch::avg_pool2d(picture, 2));
  const Tensor large = small.repeat_interleave(2, 2).repeat_interleave(2, 3);
  EXPECT_NEAR(figures.small_psnr, psnr(small, in_bytes(bicubic(picture, 0.5))), 1e-3);
  ASSERT_EQ(figures.psnr_y.size(), 3u);
  for (const double later : figures.psnr_y) EXPECT_NEAR(later, psnr_y(large, picture, 2), 1e-3);
  EXPECT_NEAR(figures.ssim, ssim_y(large, picture, 2), 1e-5);
  EXPECT_THROW(measure(rescaler(network), bytes.slice(1, 0, 12), 1, torch::kCPU), std::runtime_error);
}

TEST(Figures, OfBicubicAreThoseOfResizingTwice) {
  torch::manual_seed(8);
  const Tensor bytes = torch::randint(256, {3, 20, 24}, torch::kUInt8), picture = bytes.unsqueeze(0) / 255.0;
  const auto in_bytes = [](const Tensor& t) { return (t.clamp(0, 1) * 255).round() / 255; };
  const Tensor large = in_bytes(bicubic(in_bytes(bicubic(picture, 0.25)), 4));
  EXPECT_NEAR(measure(bicubic_rescaler(4), bytes, 1, torch::kCPU).psnr_y[0], psnr_y(large, picture, 4), 1e-3);
}

}  // namespace
}  // namespace pentimento
