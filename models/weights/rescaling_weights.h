// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "nets/rescaling.h"

namespace pentimento {

// The network that has exactly these parameters, by name and shape, with their values as float; null where there is
// none. How many blocks each level has is told by the names and the number of channels.
std::shared_ptr<Rescaling> rescaling_of(const std::map<std::string, torch::Tensor>& parameters);

// The network that write_rescaling() saved, which must be for `scale`.
std::shared_ptr<Rescaling> read_rescaling(const std::string& path, int64_t scale);

// As safetensors with its parameters in `type`; the metadata are "network": "irn", "scale", "blocks" ("8" or "8,8") and
// those given.
void write_rescaling(const std::string& path, const Rescaling& network, std::map<std::string, std::string> metadata,
                     torch::ScalarType type = torch::kFloat);

}  // namespace pentimento
