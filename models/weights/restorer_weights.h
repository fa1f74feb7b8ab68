// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <map>
#include <memory>
#include <string>

#include "nets/restorer.h"
#include "weights/parameters.h"

namespace pentimento {

// The network that these are the parameters of, for pictures of that shorter side (0: of any), or nullptr where there
// is none.
std::shared_ptr<Restorer> restorer_of(const Parameters& parameters, int64_t side = 0);

// The network that write_restorer() saved for `task` ("rain", "haze" or "shadow"). Throws Error with one sentence where
// the file is no such network, or for another task.
std::shared_ptr<Restorer> read_restorer(const std::string& path, const std::string& task);

// As safetensors with its parameters in `type`; the metadata are "network": "restorer", "task", "width", "depth",
// "side" and those given. Networks with a detail path alone.
void write_restorer(const std::string& path, const Restorer& network, const std::string& task,
                    std::map<std::string, std::string> metadata, torch::ScalarType type = torch::kFloat);

}  // namespace pentimento
