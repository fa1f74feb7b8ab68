// SPDX-License-Identifier: GPL-3.0-or-later
#include "nets/fused/tiled_convolution.h"

#include <ATen/Parallel.h>

#include <algorithm>

#include "nets/fused/multiply.h"
#include "nets/fused/single_pixel.h"
#include "nets/fused/winograd.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kSpread = kLanes;  // floats between frequencies: at a power of two they would share lines of a cache

int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

Tensor empty_picture(int64_t c, int64_t h, int64_t w) {
  return torch::empty({1, c, h, w}, torch::TensorOptions().memory_format(torch::MemoryFormat::ChannelsLast));
}

// One buffer for every thread, from LibTorch's allocator: the engine's keeps memory from call to call.
class Scratch {
 public:
  explicit Scratch(int64_t floats)
      : buffers_(torch::empty({at::get_num_threads(), ceil_div(floats, kLanes) * kLanes}, torch::kFloat)) {}
  float* mine() const { return buffers_.data_ptr<float>() + at::get_thread_num() * buffers_.size(1); }

 private:
  Tensor buffers_;
};

struct Tiling {
  int64_t tile, across, count;
  Tiling(int64_t tile, int64_t h, int64_t w)
      : tile(tile), across(ceil_div(w, tile)), count(across * ceil_div(h, tile)) {}
  int64_t top(int64_t t) const { return t / across * tile; }
  int64_t left(int64_t t) const { return t % across * tile; }
};

int64_t output_size(const std::vector<int64_t>& axis, int64_t kernel) {
  return static_cast<int64_t>(axis.size()) - kernel + 1;
}

int64_t at(const std::vector<int64_t>& axis, int64_t i) {
  return i < static_cast<int64_t>(axis.size()) ? axis[static_cast<size_t>(i)] : kNowhere;
}

// The pixels of tile t, row by row; `zeros` stands for those that are not there.
template <int64_t kSide>
void find(const Reading& r, const Tiling& tiling, int64_t t, const float* zeros, const float** pixels) {
  for (int64_t i = 0; i < kSide; ++i)
    for (int64_t j = 0; j < kSide; ++j) {
      const int64_t row = at(r.rows, tiling.top(t) + i), column = at(r.columns, tiling.left(t) + j);
      *pixels++ = row < 0 || column < 0 ? zeros : r.data + row + column;
    }
}

// A picture to be written, or one with a rim of one pixel that lies apart: the rows above and below it, then the
// columns.
struct Writing {
  Tensor picture, rim;
  int64_t c, h, w, pad;

  Writing(int64_t c, int64_t h, int64_t w, int64_t pad)
      : picture(empty_picture(c, h, w)), rim(torch::empty({pad * 2 * (w + 2 + h), c})), c(c), h(h), w(w), pad(pad) {}

  float* at(int64_t y, int64_t x) const { return picture.data_ptr<float>() + (y * w + x) * c; }
  float* row_beside(bool below, int64_t x) const { return rim.data_ptr<float>() + (below * (w + 2) + x + 1) * c; }
  float* column_beside(bool behind, int64_t y) const {
    return rim.data_ptr<float>() + (2 * (w + 2) + behind * h + y) * c;
  }

  template <int64_t kSide>
  void find(const Tiling& tiling, int64_t t, float** pixels) const {
    for (int64_t y = tiling.top(t) - pad; y < tiling.top(t) - pad + kSide; ++y)
      for (int64_t x = tiling.left(t) - pad; x < tiling.left(t) - pad + kSide; ++x)
        if (y >= h + pad || x >= w + pad)
          *pixels++ = nullptr;
        else if (y < 0 || y == h)
          *pixels++ = row_beside(y == h, x);
        else if (x < 0 || x == w)
          *pixels++ = column_beside(x == w, y);
        else
          *pixels++ = at(y, x);
  }

  // Adds the rim to the pixels that it mirrors.
  void fold() const {
    const auto add = [this](float* to, const float* from) {
      for (int64_t k = 0; k < c; ++k) to[k] += from[k];
    };
    for (const bool far : {false, true}) {
      add(row_beside(far, 1), row_beside(far, -1));
      add(row_beside(far, w - 2), row_beside(far, w));
      for (int64_t y = 0; y < h; ++y) add(at(y, far ? w - 2 : 1), column_beside(far, y));
      for (int64_t x = 0; x < w; ++x) add(at(far ? h - 2 : 1, x), row_beside(far, x));
    }
  }
};

// Weights as a convolution with them takes them, or, transposed, its gradient by the input: output and input channels
// change places, and the kernel is turned by 180 degrees. [frequency][chunk of output channels][input channel][lane].
template <typename Scheme>
Tensor transformed(const Tensor& weight, bool transposed) {
  constexpr int64_t kTaps = Scheme::kKernel * Scheme::kKernel;
  const Tensor plain = weight.detach().contiguous();
  const int64_t outputs = weight.size(transposed ? 1 : 0), inputs = weight.size(transposed ? 0 : 1);
  const int64_t by_output = (transposed ? 1 : inputs) * kTaps, by_input = (transposed ? outputs : 1) * kTaps;
  const int64_t panels = chunks_of(outputs), direction = transposed ? -1 : 1;
  const Tensor u = torch::empty({Scheme::kFrequencies, panels, inputs, kLanes}, torch::kFloat);
  const float* g = plain.const_data_ptr<float>() + (transposed ? kTaps - 1 : 0);
  float* to = u.data_ptr<float>();
  at::parallel_for(0, panels * inputs, 64, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      Scheme::transform_weights(g + first_channel(i / inputs, outputs) * by_output + i % inputs * by_input, by_output,
                                direction * Scheme::kKernel, direction, to + i * kLanes, panels * inputs * kLanes);
  });
  return u;
}

template <typename Scheme>
void convolve(const Reading& input, const Tensor& weight, bool transposed, const Writing& output) {
  const Tiling tiling(Scheme::kTile, output.h + 2 * output.pad, output.w + 2 * output.pad);
  const int64_t inputs = input.channels, outputs = output.c;
  const int64_t chunks = chunks_of(inputs), panels = chunks_of(outputs);
  const Tensor u = transformed<Scheme>(weight, transposed);
  const float* weights = u.const_data_ptr<float>();
  const std::vector<float> zeros(static_cast<size_t>(inputs));

  const int64_t together = panels % 3 == 0 ? 3 : 2;
  constexpr int64_t chunk = Scheme::kBlock * kLanes;
  const int64_t v_frequency = chunks * chunk + kSpread, m_frequency = together * chunk + kSpread;
  const Scratch scratch(Scheme::kFrequencies * (v_frequency + m_frequency));
  at::parallel_for(0, ceil_div(tiling.count, Scheme::kBlock), 1, [&](int64_t begin, int64_t end) {
    float *v = scratch.mine(), *m = v + Scheme::kFrequencies * v_frequency;
    for (int64_t first = begin * Scheme::kBlock; first < std::min(end * Scheme::kBlock, tiling.count);
         first += Scheme::kBlock) {
      const int64_t tiles = std::min(Scheme::kBlock, tiling.count - first);
      for (int64_t t = 0; t < tiles; ++t) {
        const float* from[Scheme::kReach * Scheme::kReach];
        find<Scheme::kReach>(input, tiling, first + t, zeros.data(), from);
        Scheme::transform_input(from, 0, inputs, input.activated, v + t * kLanes, chunk, v_frequency);
      }
      for (int64_t p = 0; p < panels; p += together) {
        const int64_t taken = std::min(together, panels - p);
        for (int64_t f = 0; f < Scheme::kFrequencies; ++f)
          multiply(v + f * v_frequency, chunk, weights + (f * panels + p) * inputs * kLanes, inputs * kLanes, tiles,
                   inputs, taken, m + f * m_frequency, chunk);
        for (int64_t t = 0; t < tiles; ++t) {
          float* to[Scheme::kTile * Scheme::kTile];
          output.find<Scheme::kTile>(tiling, first + t, to);
          Scheme::transform_output(m + t * kLanes, chunk, m_frequency, outputs, p, taken, to);
        }
      }
    }
  });
}

// Work on a gradient by weights is cut in two ways: into slices of input channels whose sums stay in a cache, and into
// parts of the picture, no more of them than there is room for sums.
struct Cut {
  int64_t slices, slice, parts;
  Cut(int64_t inputs, int64_t floats_by_input, int64_t blocks) {
    constexpr int64_t kCached = 150'000, kRoom = 2'500'000, kMostParts = 32;
    slices = ceil_div(inputs * floats_by_input, kCached);
    slice = std::max(ceil_div(inputs, slices), kLanes);
    slices = ceil_div(inputs, slice);
    parts = std::clamp<int64_t>(kRoom / (inputs * floats_by_input), 1, std::min(kMostParts, blocks));
  }
};

template <typename Scheme>
Tensor gradient_by_weight(const Reading& input, const Reading& gradient) {
  constexpr int64_t kTaps = Scheme::kKernel * Scheme::kKernel, kBlock = Scheme::kBlock / 2;
  const Tiling tiling(Scheme::kTile, output_size(gradient.rows, 1), output_size(gradient.columns, 1));
  const int64_t inputs = input.channels, outputs = gradient.channels, panels = chunks_of(outputs);
  const std::vector<float> zeros(static_cast<size_t>(std::max(inputs, outputs)));
  const Cut cut(inputs, Scheme::kFrequencies * panels * kLanes, ceil_div(tiling.count, kBlock));
  // The last slice overlaps the one before where it has to.
  const auto first_of = [&](int64_t slice) { return std::min(slice * cut.slice, inputs - cut.slice); };

  // [part][slice][frequency][chunk of output channels][input channel][lane]
  const int64_t u_frequency = panels * cut.slice * kLanes, u_item = Scheme::kFrequencies * u_frequency;
  const Tensor sums = torch::empty({cut.parts * cut.slices * u_item}, torch::kFloat);
  float* all = sums.data_ptr<float>();
  constexpr int64_t chunk = kBlock * kLanes;
  const int64_t v_frequency = chunks_of(cut.slice) * chunk + kSpread, y_frequency = panels * chunk + kSpread;
  const Scratch scratch(Scheme::kFrequencies * (v_frequency + y_frequency));
  at::parallel_for(0, cut.parts * cut.slices, 1, [&](int64_t begin, int64_t end) {
    float *v = scratch.mine(), *y = v + Scheme::kFrequencies * v_frequency;
    for (int64_t item = begin; item < end; ++item) {
      const int64_t part = item / cut.slices;
      float* u = all + item * u_item;
      std::fill(u, u + u_item, 0.0f);
      const int64_t last = tiling.count * (part + 1) / cut.parts;
      for (int64_t first = tiling.count * part / cut.parts; first < last; first += kBlock) {
        const int64_t tiles = std::min(kBlock, last - first);
        for (int64_t t = 0; t < tiles; ++t) {
          const float *from[Scheme::kReach * Scheme::kReach], *above[Scheme::kTile * Scheme::kTile];
          find<Scheme::kReach>(input, tiling, first + t, zeros.data(), from);
          Scheme::transform_input(from, first_of(item % cut.slices), cut.slice, input.activated, v + t * kLanes, chunk,
                                  v_frequency);
          find<Scheme::kTile>(gradient, tiling, first + t, zeros.data(), above);
          Scheme::transform_gradient(above, outputs, y + t * kLanes, chunk, y_frequency);
        }
        for (int64_t f = 0; f < Scheme::kFrequencies; ++f)
          multiply_transposed(v + f * v_frequency, chunk, y + f * y_frequency, chunk, tiles, cut.slice, panels,
                              u + f * u_frequency, cut.slice * kLanes);
      }
    }
  });

  const Tensor result = torch::empty({outputs, inputs, Scheme::kKernel, Scheme::kKernel}, torch::kFloat);
  float* to = result.data_ptr<float>();
  at::parallel_for(0, panels * inputs, 16, [&](int64_t begin, int64_t end) {
    std::vector<float> total(Scheme::kFrequencies * kLanes), g(kTaps * kLanes);
    for (int64_t i = begin; i < end; ++i) {
      const int64_t panel = i / inputs, c = i % inputs, slice = c / cut.slice;
      std::fill(total.begin(), total.end(), 0.0f);
      for (int64_t part = 0; part < cut.parts; ++part) {
        const float* from =
            all + (part * cut.slices + slice) * u_item + (panel * cut.slice + c - first_of(slice)) * kLanes;
        for (int64_t f = 0; f < Scheme::kFrequencies; ++f)
          for (int64_t l = 0; l < kLanes; ++l) total[static_cast<size_t>(f * kLanes + l)] += from[f * u_frequency + l];
      }
      Scheme::transform_weights_back(total.data(), kLanes, g.data());
      for (int64_t l = 0; l < kLanes; ++l)
        for (int64_t tap = 0; tap < kTaps; ++tap)
          to[((first_channel(panel, outputs) + l) * inputs + c) * kTaps + tap] =
              g[static_cast<size_t>(tap * kLanes + l)];
    }
  });
  return result;
}

}  // namespace

Reading reading(const Tensor& picture, int64_t pad, Rim rim, const Activated& activated) {
  const int64_t c = picture.size(1), h = picture.size(2), w = picture.size(3);
  const auto axis = [&](int64_t n, int64_t step) {
    std::vector<int64_t> offsets;
    for (int64_t i = -pad; i < n + pad; ++i) {
      const int64_t mirrored = i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i;
      offsets.push_back(i == mirrored || rim == Rim::kMirrored ? mirrored * step : kNowhere);
    }
    return offsets;
  };
  return {picture.const_data_ptr<float>(), c, axis(h, w * c), axis(w, c), activated};
}

Tensor tiled_convolve(const Reading& input, const Tensor& weight) {
  const int64_t kernel = weight.size(2);
  const Writing output(weight.size(0), output_size(input.rows, kernel), output_size(input.columns, kernel), 0);
  kernel == 3 ? convolve<Winograd>(input, weight, false, output) : convolve<SinglePixel>(input, weight, false, output);
  return output.picture;
}

Tensor tiled_gradient_by_input(const Tensor& gradient, const Tensor& weight) {
  const bool wide = weight.size(2) == 3;
  const Writing output(weight.size(1), gradient.size(2), gradient.size(3), wide ? 1 : 0);
  const Reading input = reading(gradient, wide ? 2 : 0, Rim::kZero);
  wide ? convolve<Winograd>(input, weight, true, output) : convolve<SinglePixel>(input, weight, true, output);
  if (wide) output.fold();
  return output.picture;
}

Tensor tiled_gradient_by_weight(const Reading& input, const Tensor& gradient, int64_t kernel) {
  const Reading above = reading(gradient, 0, Rim::kZero);
  return kernel == 3 ? gradient_by_weight<Winograd>(input, above) : gradient_by_weight<SinglePixel>(input, above);
}

}  // namespace pentimento
