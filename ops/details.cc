// SPDX-License-Identifier: GPL-3.0-or-later
#include "details.h"

#include <algorithm>
#include <bit>
#include <cstdio>

#include "adaptive_coder.h"

namespace pentimento {
namespace {

constexpr gsize kLongestLine = 256;

struct Header {
  int width = 0, height = 0;
  int channels = 0;
  gsize bytes = 0;
  std::string sum;
};

std::string line_of(const Header& h) {
  return "pentimento-details/1 size=" + std::to_string(h.width) + "x" + std::to_string(h.height) +
         " channels=" + std::to_string(h.channels) + " bytes=" + std::to_string(h.bytes) + " sha256=" + h.sum + "\n";
}

// The places of the channels' samples in a pixel: of grey, any of its three equal ones.
std::vector<int> places(int channels) {
  std::vector<int> places = channels < 3 ? std::vector<int>{1} : std::vector<int>{0, 1, 2};
  if (channels % 2 == 0) places.push_back(3);
  return places;
}

std::string sum_of(const Codes& picture, int channels) {
  std::vector<guint8> samples;
  samples.reserve(picture.pixels() * channels);
  const auto used = places(channels);
  for (gsize p = 0; p < picture.pixels(); ++p)
    for (int c : used) samples.push_back(picture.samples[4 * p + c]);
  g_autofree char* sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, samples.data(), samples.size());
  return sum;
}

guint8 code(float v) { return static_cast<guint8>((v > 0 ? std::min(v, 1.0f) : 0) * 255 + 0.5f); }

// 0 -1 1 -2 2 ... as 0 1 2 3 4 ..., and back; both modulo 256.
guint8 folded(guint8 difference) { return static_cast<guint8>(difference << 1 ^ (difference & 128 ? 255 : 0)); }
guint8 unfolded(guint8 symbol) { return static_cast<guint8>(symbol >> 1 ^ (symbol & 1 ? 255 : 0)); }

// Codes folded differences, one channel after the other. They are noise, but how strong it is shows around a sample and
// in the channel before: each strength has models of its own.
class Models {
 public:
  // transfer(tree of models, channel, pixel) codes one difference, and returns it.
  template <class Transfer>
  static void run(int width, int height, int channels, Transfer transfer) {
    std::vector<guint8> above(width + 2), row(width + 2), before(gsize(width) * height);
    for (int c = 0; c < channels; ++c) {
      Models models;
      std::fill(row.begin(), row.end(), 0);
      for (int y = 0; y < height; ++y) {
        std::swap(above, row);
        std::fill(row.begin(), row.end(), 0);
        for (int x = 0; x < width; ++x) {
          guint8& there = before[gsize(y) * width + x];
          const unsigned around = 2 * strength(row[x]) + 2 * strength(above[x + 1]) + strength(above[x]) +
                                  strength(above[x + 2]) + 4 * strength(there);
          there = row[x + 1] = transfer(models.bits_[context(around)], c, gsize(y) * width + x);
        }
      }
    }
  }

  using Tree = BitModel[256];

 private:
  static constexpr unsigned kContexts = 24;

  static unsigned strength(guint8 symbol) { return (symbol + 1u) / 2; }

  // Two for each power of two.
  static unsigned context(unsigned around) {
    const unsigned n = around + 1, log = std::bit_width(n) - 1;
    return std::min(2 * log + (log > 0 ? n >> (log - 1) & 1 : 0), kContexts - 1);
  }

  Tree bits_[kContexts];
};

}  // namespace

Codes foretold(const Pixels& restored, const Codes& small, int scale) {
  Codes codes = {restored.width(), restored.height(),
                 std::vector<guint8>(gsize{4} * restored.width() * restored.height())};
  guint8* to = codes.samples.data();
  for (int y = 0; y < codes.height; ++y)
    for (int x = 0; x < codes.width; ++x) {
      for (int c = 0; c < 3; ++c) *to++ = code(restored.at(x, y)[c]);
      *to++ = small.samples[4 * (gsize(y / scale) * small.width + x / scale) + 3];
    }
  return codes;
}

std::string pack_details(const Codes& original, const Codes& foretold, bool grey, bool alpha) {
  const int n = (grey ? 1 : 3) + alpha;
  const auto used = places(n);
  BitEncoder encoder;
  Models::run(original.width, original.height, n, [&](Models::Tree& tree, int channel, gsize pixel) {
    const gsize i = 4 * pixel + used[channel];
    const guint8 symbol = folded(static_cast<guint8>(original.samples[i] - foretold.samples[i]));
    unsigned node = 1;
    for (int bit = 7; bit >= 0; --bit) {
      const bool set = symbol >> bit & 1;
      encoder.write(tree[node], set);
      node = 2 * node + set;
    }
    return symbol;
  });
  const std::string bytes = encoder.finish();
  return line_of({original.width, original.height, n, bytes.size(), sum_of(original, n)}) + bytes;
}

Unpacked unpack_details(std::string_view details, Codes* picture) {
  const gsize end = details.substr(0, kLongestLine).find('\n');
  if (end == details.npos) return Unpacked::kDamaged;
  const std::string line(details.substr(0, end + 1));
  details.remove_prefix(end + 1);
  Header h;
  char sum[65] = "";
  std::sscanf(line.c_str(), "pentimento-details/1 size=%9dx%9d channels=%1d bytes=%12zu sha256=%64[0-9a-f]", &h.width,
              &h.height, &h.channels, &h.bytes, sum);
  h.sum = sum;
  if (line_of(h) != line || h.width != picture->width || h.height != picture->height || h.channels < 1 ||
      h.channels > 4 || h.bytes != details.size() || h.sum.size() != 64)
    return Unpacked::kDamaged;

  Codes result = *picture;
  const auto used = places(h.channels);
  BitDecoder decoder(details);
  Models::run(h.width, h.height, h.channels, [&](Models::Tree& tree, int channel, gsize pixel) {
    unsigned node = 1;
    while (node < 256) node = 2 * node + decoder.read(tree[node]);
    const auto symbol = static_cast<guint8>(node);
    result.samples[4 * pixel + used[channel]] += unfolded(symbol);
    return symbol;
  });
  if (!decoder.at_end()) return Unpacked::kDamaged;
  for (gsize p = 0; p < result.pixels(); ++p) {
    guint8* samples = &result.samples[4 * p];
    if (h.channels < 3) samples[0] = samples[2] = samples[1];
    if (h.channels % 2 != 0) samples[3] = 255;
  }
  const bool same = sum_of(result, h.channels) == h.sum;
  *picture = std::move(result);
  return same ? Unpacked::kOriginal : Unpacked::kOtherwise;
}

}  // namespace pentimento
