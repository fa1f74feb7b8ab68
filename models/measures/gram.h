// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace pentimento {

// rows rows^T of P x n floats, summed in double: P x P. LibTorch has it from the system's BLAS, which may be the
// reference one, twenty times slower.
torch::Tensor gram_matrix(const torch::Tensor& rows);

// weights rows in double: K x P by P x n floats -> K x n.
torch::Tensor weighted_sums(const torch::Tensor& weights, const torch::Tensor& rows);

}  // namespace pentimento
