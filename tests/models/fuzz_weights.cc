// SPDX-License-Identifier: GPL-3.0-or-later
// For libFuzzer (clang++ -fsanitize=fuzzer), and for fuzz_driver.cc: whatever the bytes, they are read or refused with
// an Error, and nothing else happens.
#include <cstddef>
#include <cstdint>

#include "errors.h"
#include "train/checkpoint.h"
#include "weights/rescaling_weights.h"
#include "weights/restorer_weights.h"
#include "weights/safetensors.h"

namespace {

template <typename Read>
void read_or_refuse(const Read& read) {
  try {
    read();
  } catch (const pentimento::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  read_or_refuse([bytes] {
    const auto tensors = pentimento::read_safetensors(bytes, "it").tensors;
    pentimento::rescaling_of(tensors);
    pentimento::restorer_of(tensors);
  });
  read_or_refuse([bytes] { pentimento::rescaling_of(pentimento::read_checkpoint(bytes, "it")); });
  return 0;
}
