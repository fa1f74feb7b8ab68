// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/figures.h"

#include <algorithm>
#include <stdexcept>

#include "imaging/bicubic.h"
#include "imaging/metrics.h"
#include "train/pictures.h"

namespace pentimento {

using torch::Tensor;

Rescaler rescaler(const Rescaling& network) {
  return {network.scale(), [&network](const Tensor& picture) { return network.shrink(picture).small; },
          [&network](const Tensor& small) { return network.enlarge(small); }};
}

Rescaler bicubic_rescaler(int64_t scale) {
  const auto factor = static_cast<double>(scale);
  return {scale, [factor](const Tensor& picture) { return bicubic(picture, 1 / factor); },
          [factor](const Tensor& small) { return bicubic(small, factor); }};
}

Figures measure(const Rescaler& rescaler, const Tensor& picture, int64_t cycles, const torch::Device& device) {
  const torch::NoGradGuard no_grad;
  const int64_t scale = rescaler.scale, height = picture.size(1) / scale * scale,
                width = picture.size(2) / scale * scale;
  if (std::min(height, width) < 2 * scale + 11)
    throw std::runtime_error("A picture is too small to be measured: leave it out.");
  const Tensor original = to_unit(picture.slice(1, 0, height).slice(2, 0, width).unsqueeze(0).to(device));

  Figures figures;
  Tensor large = original;
  for (int64_t cycle = 0; cycle < cycles; ++cycle) {
    const Tensor small = round_to_8_bits(rescaler.shrink(large));
    large = round_to_8_bits(rescaler.enlarge(small));
    figures.psnr_y.push_back(psnr_y(large, original, scale));
    if (cycle > 0) continue;
    figures.ssim = ssim_y(large, original, scale);
    figures.small_psnr = psnr(small, round_to_8_bits(bicubic(original, 1 / static_cast<double>(scale))));
  }
  return figures;
}

}  // namespace pentimento
