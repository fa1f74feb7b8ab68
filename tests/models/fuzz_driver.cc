// SPDX-License-Identifier: GPL-3.0-or-later
// Runs fuzz_weights.cc on broken files, and on right ones after some thousand random changes, the same at every run.
#include <cstdint>
#include <cstdio>
#include <random>

#include "weights_corpus.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr int kChanged = 8000;  // files made of each right one

void run(const std::string& bytes) {
  // A copy of its own, so that AddressSanitizer sees a step beyond it.
  const std::vector<uint8_t> copy(bytes.begin(), bytes.end());
  LLVMFuzzerTestOneInput(copy.data(), copy.size());
}

size_t below(std::mt19937& random, size_t bound) { return random() % bound; }

std::string changed(std::string bytes, std::mt19937& random) {
  // Numbers at the edges of what fits.
  constexpr uint64_t kEdges[] = {0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, INT64_MAX, UINT64_MAX};
  constexpr size_t kWidths[] = {1, 2, 4, 8};
  for (size_t changes = 1 + below(random, 4); changes > 0 && !bytes.empty(); --changes) {
    const size_t place = below(random, bytes.size()), other = below(random, bytes.size()),
                 count = 1 + below(random, 16);
    switch (below(random, 7)) {
      case 0:
        bytes[place] = static_cast<char>(random());
        break;
      case 1:
        bytes[place] = static_cast<char>(bytes[place] ^ (1 << below(random, 8)));
        break;
      case 2:
        bytes.replace(place, kWidths[below(random, 4)], pentimento::raw(kEdges[below(random, std::size(kEdges))]), 0,
                      kWidths[below(random, 4)]);
        break;
      case 3:
        bytes.erase(place, count);
        break;
      case 4:
        bytes.insert(place, bytes, other, count);
        break;
      case 5:
        bytes[place] = bytes[other];
        break;
      default:
        // A digit of the header.
        if (bytes[place] >= '0' && bytes[place] <= '9') bytes[place] = static_cast<char>('0' + below(random, 10));
    }
  }
  return bytes;
}

}  // namespace

int main() {
  size_t count = 0;
  for (const auto& samples : {pentimento::broken_safetensors(), pentimento::broken_checkpoints()})
    for (const pentimento::Sample& sample : samples) run(sample.bytes), ++count;
  for (const auto& [sample, named] : pentimento::foreign_checkpoints()) run(sample.bytes), ++count;
  std::mt19937 random(1);
  for (const std::string& right :
       {pentimento::right_safetensors(), pentimento::new_checkpoint(pentimento::right_state()),
        pentimento::old_checkpoint(pentimento::right_state())})
    for (int i = 0; i < kChanged; ++i) run(changed(right, random)), ++count;
  std::printf("%zu files read or refused\n", count);
}
