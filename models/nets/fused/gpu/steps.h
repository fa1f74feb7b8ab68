// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

// The steps of fused.h, by the kernels of the pictures' device.
namespace pentimento::gpu {

// Whether they can take it. When first asked about a kind of tensor they are compiled, and held against LibTorch's own
// steps on a small picture: what fails there stays with LibTorch for the rest of the process.
bool usable(const torch::Tensor& picture);

torch::Tensor normalise_activate_pad(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias,
                                     double slope, int64_t pad);
// Of usable ones: whether a block has threads enough for all their channels.
bool joinable(const torch::Tensor& skip, const torch::Tensor& deep);
torch::Tensor join_enlarged(const torch::Tensor& skip, const torch::Tensor& deep);
torch::Tensor pad_reflected(const torch::Tensor& input, int64_t pad);
torch::Tensor cut(const torch::Tensor& input, int64_t rim);
bool few_outputs(const torch::Tensor& input, const torch::Tensor& weight);
// The bias may be undefined.
torch::Tensor convolve_to_few(const torch::Tensor& input, const torch::Tensor& weight, const torch::Tensor& bias,
                              torch::ScalarType result);

}  // namespace pentimento::gpu
