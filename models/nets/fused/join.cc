// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstring>

#include "imaging/rows.h"
#include "nets/fused/fused.h"
#include "nets/fused/gpu/kernels.h"
#include "nets/fused/gpu/steps.h"

namespace pentimento {

using torch::Tensor;

namespace {

// to = p * one + q * other
PENTIMENTO_VECTORISED void mix(const float* one, float p, const float* other, float q, int64_t n, float* to) {
  for (int64_t i = 0; i < n; ++i) to[i] = p * one[i] + q * other[i];
}

// to += p * from
PENTIMENTO_VECTORISED void accumulate(const float* from, float p, int64_t n, float* to) {
  for (int64_t i = 0; i < n; ++i) to[i] += p * from[i];
}

// Fine sample f lies a quarter of a coarse step before or behind coarse sample f / 2: it mixes that one (3/4) with the
// neighbour on its side (1/4), the edge standing in for a neighbour that is not there.
int64_t neighbour(int64_t f, int64_t coarse) { return std::clamp<int64_t>(f / 2 + (f % 2 ? 1 : -1), 0, coarse - 1); }
constexpr float kNear = 0.75f, kFar = 0.25f;

struct Shape {
  int64_t h, w, skip, deep, coarse_h, coarse_w;
  int64_t joined() const { return skip + deep; }
};

struct Join : torch::autograd::Function<Join> {
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& skip, const Tensor& deep) {
    const Shape s = {skip.size(2), skip.size(3), skip.size(1), deep.size(1), deep.size(2), deep.size(3)};
    context->saved_data["shape"] = std::vector<int64_t>{s.h, s.w, s.skip, s.deep, s.coarse_h, s.coarse_w};
    const Tensor output = torch::empty({1, s.joined(), s.h, s.w}, skip.options(), torch::MemoryFormat::ChannelsLast);
    const float *shallow = skip.const_data_ptr<float>(), *coarse = deep.const_data_ptr<float>();
    float* out = output.data_ptr<float>();
    over_row_blocks(s.h, [&](int64_t first, int64_t last, int64_t) {
      std::vector<float> row(static_cast<size_t>(s.coarse_w * s.deep));
      for (int64_t y = first; y < last; ++y) {
        const int64_t length = s.coarse_w * s.deep;
        mix(coarse + y / 2 * length, kNear, coarse + neighbour(y, s.coarse_h) * length, kFar, length, row.data());
        for (int64_t x = 0; x < s.w; ++x) {
          float* pixel = out + (y * s.w + x) * s.joined();
          std::memcpy(pixel, shallow + (y * s.w + x) * s.skip, static_cast<size_t>(s.skip) * sizeof(float));
          mix(row.data() + x / 2 * s.deep, kNear, row.data() + neighbour(x, s.coarse_w) * s.deep, kFar, s.deep,
              pixel + s.skip);
        }
      }
    });
    return output;
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* context,
                                               torch::autograd::tensor_list gradients) {
    const auto d = context->saved_data["shape"].toIntVector();
    const Shape s = {d[0], d[1], d[2], d[3], d[4], d[5]};
    const Tensor gradient = gradients[0].contiguous(torch::MemoryFormat::ChannelsLast);
    const float* g = gradient.const_data_ptr<float>();
    const auto options = gradient.options();
    const Tensor by_skip = torch::empty({1, s.skip, s.h, s.w}, options, torch::MemoryFormat::ChannelsLast);
    const Tensor by_deep =
        torch::empty({1, s.deep, s.coarse_h, s.coarse_w}, options, torch::MemoryFormat::ChannelsLast);
    float *shallow = by_skip.data_ptr<float>(), *coarse = by_deep.data_ptr<float>();

    over_row_blocks(s.h, [&](int64_t first, int64_t last, int64_t) {
      for (int64_t p = first * s.w; p < last * s.w; ++p)
        std::memcpy(shallow + p * s.skip, g + p * s.joined(), static_cast<size_t>(s.skip) * sizeof(float));
    });
    // Each coarse row gathers the fine rows that it was mixed into, so that rows need no locks.
    over_row_blocks(s.coarse_h, [&](int64_t first, int64_t last, int64_t) {
      std::vector<float> row(static_cast<size_t>(s.w * s.joined()));
      for (int64_t i = first; i < last; ++i) {
        std::fill(row.begin(), row.end(), 0.0f);
        for (int64_t y = std::max<int64_t>(0, 2 * i - 1); y <= std::min(s.h - 1, 2 * i + 2); ++y) {
          const float weight = (y / 2 == i ? kNear : 0) + (neighbour(y, s.coarse_h) == i ? kFar : 0);
          accumulate(g + y * s.w * s.joined(), weight, s.w * s.joined(), row.data());
        }
        float* to = coarse + i * s.coarse_w * s.deep;
        std::fill(to, to + s.coarse_w * s.deep, 0.0f);
        for (int64_t x = 0; x < s.w; ++x) {
          const float* from = row.data() + x * s.joined() + s.skip;
          accumulate(from, kNear, s.deep, to + x / 2 * s.deep);
          accumulate(from, kFar, s.deep, to + neighbour(x, s.coarse_w) * s.deep);
        }
      }
    });
    return {by_skip, by_deep};
  }
};

}  // namespace

Tensor pad_reflected(const Tensor& input, int64_t pad) {
  TORCH_CHECK(fusable(input) && pad >= 0 && pad < std::min(input.size(2), input.size(3)), "pad_reflected: unfit input");
  if (gpu::kernels_of(input.device())) return gpu::pad_reflected(input, pad);
  return torch::reflection_pad2d(input, {pad, pad, pad, pad});
}

Tensor cut(const Tensor& input, int64_t rim) {
  const int64_t h = input.size(2), w = input.size(3);
  TORCH_CHECK(fusable(input) && rim >= 0 && 2 * rim < std::min(h, w), "cut: unfit input");
  if (gpu::kernels_of(input.device())) return gpu::cut(input, rim);
  return input.slice(2, rim, h - rim).slice(3, rim, w - rim).contiguous(torch::MemoryFormat::ChannelsLast);
}

bool joinable(const Tensor& skip, const Tensor& deep) {
  return fusable(skip) && fusable(deep) && skip.scalar_type() == deep.scalar_type() &&
         deep.size(2) == (skip.size(2) + 1) / 2 && deep.size(3) == (skip.size(3) + 1) / 2 &&
         (!gpu::kernels_of(skip.device()) || gpu::joinable(skip, deep));
}

Tensor join_enlarged(const Tensor& skip, const Tensor& deep) {
  TORCH_CHECK(joinable(skip, deep), "join_enlarged: unfit input");
  if (gpu::kernels_of(skip.device())) return gpu::join_enlarged(skip, deep);
  return Join::apply(skip, deep);
}

}  // namespace pentimento
