// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/memo.h"

#include <cstring>

namespace pentimento {

using torch::Tensor;

namespace {

struct Fit {
  std::string key;
  Tensor result;
};

uint64_t mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
  return hash ^ (hash >> 29);
}

// 128 bits of the samples and the shape: two pictures never share them by chance.
std::string digest(const Tensor& picture) {
  const Tensor samples = picture.contiguous();
  const char* bytes = static_cast<const char*>(samples.const_data_ptr());
  uint64_t a = 1, b = 2;
  const size_t n = samples.nbytes();
  for (size_t i = 0; i < n; i += sizeof(uint64_t)) {
    uint64_t word = 0;
    std::memcpy(&word, bytes + i, std::min(sizeof word, n - i));
    a = mix(a, word);
    b = mix(b, word + i);
  }
  std::string text;
  for (const int64_t side : picture.sizes()) text += std::to_string(side) + "x";
  return text + ":" + std::to_string(a) + ":" + std::to_string(b) + "\n";
}

}  // namespace

std::string fit_key(const FitSettings& settings, const std::vector<Tensor>& pictures, const std::string& own) {
  std::string key = own + "\n" + settings.quality + "\n" + std::to_string(settings.iterations) + "\n" +
                    std::to_string(settings.seed) + "\n" + settings.resources.device.str() + "\n";
  for (const Tensor& picture : pictures) key += digest(picture);
  return key;
}

Tensor remembered(const Task& task, const FitSettings& settings, const std::vector<Tensor>& pictures,
                  const std::string& own, const std::function<Tensor()>& fit) {
  // Never destroyed: at exit Torch's own globals may be gone before it.
  static auto* newest = new Fit;
  const std::string key = fit_key(settings, pictures, own);
  if (newest->result.defined() && newest->key == key) return newest->result;
  *newest = {};
  const Tensor result = fit();
  if (!task.monitor->keep()) *newest = {key, result};
  return result;
}

}  // namespace pentimento
