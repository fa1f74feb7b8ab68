// SPDX-License-Identifier: GPL-3.0-or-later
#include "fit/input_noise.h"

#include "imaging/normal.h"

namespace pentimento {

using torch::Tensor;

InputNoise::InputNoise(const torch::Device& device, uint64_t seed) : seed_(seed) {
  if (device.is_cpu()) return;
  generator_ = at::globalContext().defaultGenerator(device).clone();
  generator_.set_current_seed(seed);
}

Tensor InputNoise::add_to(const Tensor& input, double deviation) {
  Tensor noisy = torch::empty_like(input);
  if (generator_.defined())
    noisy.normal_(0, deviation, generator_).add_(input);
  else
    add_normal(input, deviation, seed_, draws_++, noisy);
  return noisy;
}

}  // namespace pentimento
