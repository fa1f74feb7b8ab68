// SPDX-License-Identifier: GPL-3.0-or-later
#include "weights/restorer_weights.h"

#include <algorithm>
#include <cstdlib>

#include "errors.h"
#include "weights/parameters.h"
#include "weights/safetensors.h"

namespace pentimento {

using torch::Tensor;

namespace {

using Metadata = std::map<std::string, std::string>;

constexpr int64_t kMostWidth = 256;
constexpr long long kMostSide = 65536;

// The shape that these parameters have, or one of width 0.
RestorerShape shape_of(const Parameters& parameters) {
  RestorerShape shape = {0, 0, true};
  const auto entry = parameters.find("entry.bias");
  if (entry == parameters.end() || entry->second.numel() > kMostWidth || entry->second.numel() < 12) return shape;
  while (parameters.contains("level" + std::to_string(shape.depth + 1) + "_down.bias")) ++shape.depth;
  if (shape.depth <= RestorerShape::kMostDepth) shape.width = entry->second.numel();
  return shape;
}

Metadata description(const RestorerShape& shape) {
  return {{"network", "restorer"},
          {"width", std::to_string(shape.width)},
          {"depth", std::to_string(shape.depth)},
          {"side", std::to_string(shape.side)}};
}

}  // namespace

std::shared_ptr<Restorer> read_restorer(const std::string& path, const std::string& task) {
  const Weights weights = read_safetensors(path);
  RestorerShape shape = shape_of(weights.tensors);
  const auto side = weights.metadata.find("side");
  shape.side = side == weights.metadata.end() ? 0 : std::clamp(std::atoll(side->second.c_str()), 0LL, kMostSide);
  const auto network = shape.width > 0 ? std::make_shared<Restorer>(shape) : nullptr;
  const Metadata described = description(shape);
  const Metadata& said = weights.metadata;
  if (!network || !assign_parameters(*network, weights.tensors) ||
      !std::includes(said.begin(), said.end(), described.begin(), described.end()) || !said.contains("task"))
    throw Error(
        PENTIMENTO_BAD_INPUT,
        format(_("The weights in %s are not for restoring pictures from rain, haze or shadow: choose others."), path));
  if (said.at("task") != task)
    throw Error(PENTIMENTO_BAD_INPUT,
                format(_("The chosen weights are for the task \"%s\": choose that task, or weights for the one you "
                         "want."),
                       said.at("task")));
  return network;
}

void write_restorer(const std::string& path, const Restorer& network, const std::string& task, Metadata metadata,
                    torch::ScalarType type) {
  Weights weights = {parameters_of(network, type), description(network.shape())};
  weights.metadata["task"] = task;
  weights.metadata.merge(metadata);
  write_safetensors(path, weights);
}

}  // namespace pentimento
