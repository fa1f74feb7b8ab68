// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>

namespace pentimento {

struct Weights {
  std::map<std::string, torch::Tensor> tensors;  // contiguous, on the CPU; float, half, bfloat16, uint8 or long
  std::map<std::string, std::string> metadata;   // UTF-8, as the names
};

constexpr uint64_t kLargestWeights = uint64_t{512} << 20;

// A safetensors file of at most `limit` bytes. Everything it says about itself is checked before memory is taken for
// its data: names, types, shapes, and that the tensors fill the file without gap or overlap. Numbers that are not
// finite are refused.
Weights read_safetensors(const std::string& path, uint64_t limit = kLargestWeights);
// The same from memory; `name` is for the sentence to the user.
Weights read_safetensors(std::span<const std::byte> file, const std::string& name);

// A program that is interrupted leaves the file that was there.
void write_safetensors(const std::string& path, const Weights& weights);

}  // namespace pentimento
