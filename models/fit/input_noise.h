// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace pentimento {

// The normal noise that a fit adds to its networks' inputs. It has numbers of its own, so that equal seeds give equal
// fits whatever else draws some; on a GPU they come from a generator that recorded graphs can draw from.
class InputNoise {
 public:
  InputNoise(const torch::Device& device, uint64_t seed);
  // A new tensor: `input` (channels innermost) with noise of standard deviation `deviation`.
  torch::Tensor add_to(const torch::Tensor& input, double deviation);
  // Undefined on the CPU.
  const at::Generator& generator() const { return generator_; }

 private:
  uint64_t seed_, draws_ = 0;
  at::Generator generator_;
};

}  // namespace pentimento
