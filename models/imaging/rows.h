// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/Parallel.h>

#include <cstdint>
#include <vector>

// One function for every processor: the loader picks the widest vectors there are. Sanitizers cannot follow that
// choice.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define PENTIMENTO_VECTORISED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define PENTIMENTO_WIDE_VECTORS __builtin_cpu_supports("x86-64-v4")
#else
#define PENTIMENTO_VECTORISED
#define PENTIMENTO_WIDE_VECTORS false
#endif

namespace pentimento {

// Whether that choice falls on vectors of 512 bits, of which there are 32.
inline bool wide_vectors() { return PENTIMENTO_WIDE_VECTORS; }

// Runs f(first row, last row, block) over blocks of rows whose number does not depend on the threads: sums over blocks
// come out the same on every machine.
constexpr int64_t kRowBlocks = 32;

template <typename F>
void over_row_blocks(int64_t rows, const F& f) {
  at::parallel_for(0, kRowBlocks, 1, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) f(rows * b / kRowBlocks, rows * (b + 1) / kRowBlocks, b);
  });
}

// Per-channel sums of every block, added up in order.
class BlockSums {
 public:
  explicit BlockSums(int64_t channels) : channels_(channels), sums_(static_cast<size_t>(kRowBlocks * channels)) {}
  double* block(int64_t b) { return sums_.data() + b * channels_; }
  double total(int64_t channel) const {
    double sum = 0;
    for (int64_t b = 0; b < kRowBlocks; ++b) sum += sums_[static_cast<size_t>(b * channels_ + channel)];
    return sum;
  }

 private:
  int64_t channels_;
  std::vector<double> sums_;
};

}  // namespace pentimento
