// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <map>
#include <string>

namespace pentimento {

using Parameters = std::map<std::string, torch::Tensor>;

// Gives the module's parameters these values, as its own type. False, and some may have them, unless they are exactly
// the module's by name and shape.
bool assign_parameters(torch::nn::Module& module, const Parameters& values);

// The module's parameters by name, in `type`.
Parameters parameters_of(const torch::nn::Module& module, torch::ScalarType type);

}  // namespace pentimento
