// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <functional>

#include "nets/rescaling.h"

namespace pentimento {

// The rescaling network for whole pictures on a CPU: memory for the picture itself and a few tiles. The same bits on
// every processor (nets/fused/dense_sweep.h), also of the exponentials, so that what was computed on one machine can
// be relied on at another. Without gradients. `done` is told the level of each block that is done, and may throw.
using Done = std::function<void(size_t level)>;

// 1 x 3 x H x W, H and W multiples of the network's scale.
Rescaled shrink_on_cpu(const Rescaling& network, const torch::Tensor& picture, const Done& done);

// The inverse. An undefined latent stands for zeros.
torch::Tensor enlarge_on_cpu(const Rescaling& network, const torch::Tensor& small, const torch::Tensor& latent,
                             const Done& done);

}  // namespace pentimento
