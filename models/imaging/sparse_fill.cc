// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/sparse_fill.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "imaging/dct_kernel.h"
#include "imaging/dct_shrinkage.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr double kFirstNoise = 40.0 / 255;  // coarse structure first
constexpr double kThreshold = 2.7;          // in standard deviations

// Keeps the mean and what exceeds the threshold; a block counts the more the sparser it became.
template <int64_t kN>
PENTIMENTO_VECTORISED void keep_large(dct::Run<kN>& run, float threshold, int64_t n) {
  std::fill(run.weight, run.weight + n, 1.0f);
  for (int64_t k = 0; k < kN; ++k)
    for (int64_t l = k == 0 ? 1 : 0; l < kN; ++l)
      for (int64_t x = 0; x < n; ++x) {
        const bool kept = std::abs(run.coefficients[k][l][x]) > threshold;
        run.coefficients[k][l][x] = kept ? run.coefficients[k][l][x] : 0;
        run.weight[x] += kept ? 1 : 0;
      }
  for (int64_t x = 0; x < n; ++x) run.weight[x] = 1 / run.weight[x];
}

// `holes` counts the unknown samples above and to the left of every sample: blocks without any are left out.
template <int64_t kN>
Tensor sparse(const Tensor& plane, const Tensor& holes, double threshold) {
  const int64_t stride = holes.size(1);
  const float* count = holes.const_data_ptr<float>();
  const auto needed = [&](int64_t y, int64_t x, int64_t n) {
    const float *top = count + y * stride + x, *bottom = top + kN * stride;
    return bottom[n + kN - 1] - bottom[0] - top[n + kN - 1] + top[0] > 0.5f;
  };
  return dct::average_blocks<kN>(plane, kN / 8, needed, [&](dct::Run<kN>& run, int64_t, int64_t, int64_t n) {
    keep_large<kN>(run, static_cast<float>(threshold), n);
  });
}

Tensor where_known(const Tensor& known, const Tensor& picture, const Tensor& otherwise) {
  return torch::where(known > 0.5, picture, otherwise);
}

}  // namespace

Tensor pull_push(const Tensor& picture, const Tensor& known) {
  const int64_t h = picture.size(2), w = picture.size(3);
  if (std::max(h, w) == 1 || known.min().item<float>() > 0.5f) return picture * known;
  const auto halved = [&](const Tensor& t) {
    return torch::avg_pool2d(torch::constant_pad_nd(t, {0, w % 2, 0, h % 2}), 2);
  };
  const Tensor weight = halved(known), mean = halved(picture * known) / weight.clamp_min(1e-6);
  const Tensor coarse = pull_push(mean, (weight > 0).to(torch::kFloat));
  const Tensor fine = torch::upsample_bilinear2d(coarse, {2 * coarse.size(2), 2 * coarse.size(3)}, false);
  return where_known(known, picture, fine.slice(2, 0, h).slice(3, 0, w));
}

Tensor sparse_fill(const Tensor& picture, const Tensor& known, int64_t block, double noise, int64_t passes,
                   const std::function<void()>& after_pass) {
  const int64_t h = picture.size(2), w = picture.size(3), pad = block - 1;
  const Tensor first = pull_push(picture, known);
  if (std::min(h, w) <= pad) return first;
  // Mirrored once: the rim's holes are then filled like all others, in step with what they mirror.
  const auto mirrored = [&](const Tensor& t) { return torch::reflection_pad2d(t, {pad, pad, pad, pad}); };
  const Tensor target = decorrelate(mirrored(picture)), there = mirrored(known);
  const Tensor holes =
      torch::constant_pad_nd((1 - there)[0][0].to(torch::kDouble).cumsum(0).cumsum(1), {1, 0, 1, 0}).to(torch::kFloat);
  Tensor planes = decorrelate(mirrored(first));
  const double last = std::min(noise, kFirstNoise);
  for (int64_t i = 0; i < passes; ++i) {
    const double t = passes > 1 ? static_cast<double>(i) / static_cast<double>(passes - 1) : 1;
    const double sigma = kFirstNoise * std::pow(last / kFirstNoise, t);
    std::vector<Tensor> shrunk;
    for (int64_t k = 0; k < planes.size(1); ++k)
      shrunk.push_back((block == 8 ? sparse<8> : sparse<16>)(planes[0][k].contiguous(), holes, kThreshold * sigma));
    planes = where_known(there, target, torch::stack(shrunk).unsqueeze(0));
    after_pass();
  }
  return where_known(known, picture, correlate(planes).slice(2, pad, pad + h).slice(3, pad, pad + w));
}

}  // namespace pentimento
