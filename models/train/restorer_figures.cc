// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/restorer_figures.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "imaging/metrics.h"
#include "imaging/wavelet.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kMultiple = int64_t{2} << RestorerShape::kMostDepth;
constexpr uint64_t kWeather = 20'221;  // the first one's seed
constexpr uint64_t kWeathers = 3;      // of each picture

double finest_snr(const Tensor& picture, const Tensor& clean) {
  const auto finest = [](const Tensor& t) { return wavelet_bands(t, 1)[0]; };
  const double signal = finest(clean).square().sum().item<double>();
  const double error = finest(picture - clean).square().sum().item<double>();
  return 10 * std::log10(std::max(signal, 1e-12) / std::max(error, 1e-12));
}

}  // namespace

RestorerFigures measure(const Restorer& network, Degradation degrade, const std::vector<Picture>& pictures,
                        const torch::Device& device) {
  const torch::NoGradGuard no_grad;
  RestorerFigures mean;
  for (size_t i = 0; i < pictures.size(); ++i) {
    const Tensor& bytes = pictures[i].bytes;
    const int64_t height = bytes.size(1) / kMultiple * kMultiple, width = bytes.size(2) / kMultiple * kMultiple;
    if (height == 0 || width == 0)
      throw std::runtime_error(pictures[i].name + " is too small to be measured: leave it out.");
    const Tensor middle =
        bytes.narrow(1, (bytes.size(1) - height) / 2, height).narrow(2, (bytes.size(2) - width) / 2, width);
    const Tensor clean = to_unit(middle.unsqueeze(0).to(device));
    const auto all = static_cast<double>(pictures.size());
    mean.change += 255 * (network.forward(clean).clamp(0, 1) - clean).abs().mean().item<double>() / all;
    for (uint64_t k = 0; k < kWeathers; ++k) {
      torch::manual_seed(kWeather + kWeathers * i + k);
      const Tensor degraded = degrade(clean), restored = network.forward(degraded).clamp(0, 1);
      const double n = all * kWeathers;
      mean.psnr_before += psnr(degraded, clean) / n;
      mean.psnr += psnr(restored, clean) / n;
      mean.finest_before += finest_snr(degraded, clean) / n;
      mean.finest += finest_snr(restored, clean) / n;
    }
  }
  return mean;
}

}  // namespace pentimento
