// SPDX-License-Identifier: GPL-3.0-or-later
#include "weights/rescaling_weights.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <string_view>
#include <vector>

#include "errors.h"
#include "weights/parameters.h"
#include "weights/safetensors.h"

namespace pentimento {

using torch::Tensor;

namespace {

using Metadata = std::map<std::string, std::string>;

constexpr size_t kMostLevels = 3;  // x8
constexpr int64_t kMostBlocks = 100, kTensorsPerBlock = 30;
constexpr std::string_view kFirst = ".F.conv1.weight";

// How many blocks there are at each level, or nothing where a block is at none.
std::vector<int64_t> blocks_per_level(const std::map<std::string, Tensor>& parameters) {
  std::vector<int64_t> blocks;
  for (const auto& [name, tensor] : parameters) {
    if (!name.ends_with(kFirst)) continue;
    // F sees all channels but the small picture's three.
    size_t level = 0;
    while (level < kMostLevels && (tensor.dim() != 4 || tensor.size(1) != (int64_t{12} << (2 * level)) - 3)) ++level;
    if (level == kMostLevels) return {};
    blocks.resize(std::max(blocks.size(), level + 1));
    ++blocks[level];
  }
  return blocks;
}

std::string blocks_text(const Rescaling& network) {
  std::string text;
  for (const Rescaling::Level& level : network.levels())
    text += (text.empty() ? "" : ",") + std::to_string(level.size());
  return text;
}

Metadata description(const Rescaling& network) {
  return {{"network", "irn"}, {"scale", std::to_string(network.scale())}, {"blocks", blocks_text(network)}};
}

}  // namespace

std::shared_ptr<Rescaling> rescaling_of(const std::map<std::string, Tensor>& parameters) {
  const std::vector<int64_t> blocks = blocks_per_level(parameters);
  // A small file must not cost the memory of a large network.
  const int64_t all = std::accumulate(blocks.begin(), blocks.end(), int64_t{0});
  if (all < 1 || all > kMostBlocks || std::ssize(parameters) != all * kTensorsPerBlock) return nullptr;
  const auto network = std::make_shared<Rescaling>(blocks);
  return assign_parameters(*network, parameters) ? network : nullptr;
}

std::shared_ptr<Rescaling> read_rescaling(const std::string& path, int64_t scale) {
  const Weights weights = read_safetensors(path);
  const std::shared_ptr<Rescaling> network = rescaling_of(weights.tensors);
  const Metadata described = network ? description(*network) : Metadata();
  const Metadata& said = weights.metadata;
  if (!network || !std::includes(said.begin(), said.end(), described.begin(), described.end()))
    throw Error(PENTIMENTO_BAD_INPUT,
                format(_("The weights in %s are not for shrinking and restoring pictures: choose others."), path));
  const std::string own = std::to_string(network->scale());
  if (network->scale() != scale)
    throw Error(
        PENTIMENTO_BAD_INPUT,
        format(_("The chosen weights are for the scale %s: choose that scale, or weights for the one you want."), own));
  return network;
}

void write_rescaling(const std::string& path, const Rescaling& network, Metadata metadata, torch::ScalarType type) {
  Weights weights = {parameters_of(network, type), description(network)};
  weights.metadata.merge(metadata);
  write_safetensors(path, weights);
}

}  // namespace pentimento
