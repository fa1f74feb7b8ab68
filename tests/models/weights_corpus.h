// SPDX-License-Identifier: GPL-3.0-or-later
// Files of weights built byte by byte, right ones and broken ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace pentimento {

inline std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

template <typename Number>
std::string raw(Number number) {
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

struct Sample {
  std::string what, bytes;
};

std::string safetensors(const std::string& json, const std::string& data);
// Tensors a, two floats, and b, three bytes.
std::string right_safetensors();
std::vector<Sample> broken_safetensors();

// An entry of a state_dict.
struct Saved {
  std::string name, storage;  // "FloatStorage"
  std::vector<int64_t> sizes;
  std::string data;
};

using Files = std::vector<std::pair<std::string, std::string>>;

std::string zip(const Files& files);
// What torch.save() writes since PyTorch 1.6, and before.
std::string new_checkpoint(const std::vector<Saved>& state);
std::string old_checkpoint(const std::vector<Saved>& state);
// The former with a pickle of one's own, and the storage "0" of two floats.
std::string checkpoint_of(const std::string& pickle);
// A float tensor "w" of 2 and a half one "h" of 1 x 3.
std::vector<Saved> right_state();
std::vector<Sample> broken_checkpoints();
// Those that hold something that is not a weight, with what the refusal must name.
std::vector<std::pair<Sample, std::string>> foreign_checkpoints();

}  // namespace pentimento
