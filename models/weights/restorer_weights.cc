// SPDX-License-Identifier: GPL-3.0-or-later
#include "weights/restorer_weights.h"

#include <algorithm>
#include <cstdlib>

#include "errors.h"
#include "weights/safetensors.h"

namespace pentimento {

using torch::Tensor;

namespace {

using Metadata = std::map<std::string, std::string>;

constexpr int64_t kMostWidth = 64;  // a file of a few numbers must not make a network of gigabytes
constexpr int64_t kMostSide = 65536;

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

std::shared_ptr<Restorer> restorer_of(const Parameters& parameters, int64_t side) {
  RestorerShape shape = shape_of(parameters);
  if (shape.width == 0) return nullptr;
  shape.side = side;
  auto network = std::make_shared<Restorer>(shape);
  return assign_parameters(*network, parameters) ? network : nullptr;
}

std::shared_ptr<Restorer> read_restorer(const std::string& path, const std::string& task) {
  const Weights weights = read_safetensors(path);
  const auto text = weights.metadata.find("side");
  const int64_t side = text == weights.metadata.end() ? 0 : std::atoll(text->second.c_str());
  auto network = side >= 0 && side <= kMostSide ? restorer_of(weights.tensors, side) : nullptr;
  const Metadata described = network ? description(network->shape()) : Metadata();
  const Metadata& said = weights.metadata;
  if (!network || !std::includes(said.begin(), said.end(), described.begin(), described.end()) ||
      !said.contains("task"))
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
