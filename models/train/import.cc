// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/import.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string_view>
#include <vector>

#include "errors.h"
#include "train/checkpoint.h"
#include "weights/rescaling_weights.h"
#include "weights/safetensors.h"

namespace pentimento {

using torch::Tensor;
namespace fs = std::filesystem;

namespace {

using Tensors = std::map<std::string, Tensor>;

constexpr std::string_view kHaar = ".haar_weights", kParallel = "module.";

Error refusal(const char* sentence, const std::string& path) { return {PENTIMENTO_BAD_INPUT, format(sentence, path)}; }

std::vector<std::byte> bytes_of(const std::string& path) {
  std::error_code error;
  std::ifstream in;
  // A pipe would keep us waiting.
  if (fs::is_regular_file(path, error)) in.open(path, std::ios::binary);
  const uint64_t size = fs::file_size(path, error);
  std::vector<std::byte> bytes(error || size > kLargestWeights ? 0 : size);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!in.is_open() || !in || bytes.empty())
    throw refusal("There is no checkpoint that can be read at %s: choose another.", path);
  return bytes;
}

// The filters of a Haar transform in the authors' layout, for so many channels.
Tensor haar_filters(int64_t channels) {
  return torch::tensor({1, 1, 1, 1, 1, -1, 1, -1, 1, 1, -1, -1, 1, -1, -1, 1}, torch::kFloat)
      .reshape({4, 1, 2, 2})
      .repeat({channels, 1, 1, 1});
}

// Whether these are the Haar transforms that the network has, where it has them.
bool are_haar(const Tensors& filters, const Rescaling& network) {
  if (filters.size() != network.levels().size()) return false;
  size_t index = 0;
  int64_t channels = 3;
  for (const Rescaling::Level& level : network.levels()) {
    const auto given = filters.find("operations." + std::to_string(index) + std::string(kHaar));
    if (given == filters.end() || !torch::equal(given->second.to(torch::kFloat), haar_filters(channels))) return false;
    index += 1 + level.size();
    channels *= 4;
  }
  return true;
}

std::shared_ptr<Rescaling> imported(const std::string& path) {
  Tensors parameters, filters;
  bool once = true;
  const std::vector<std::byte> bytes = bytes_of(path);
  for (auto& [name, tensor] : read_checkpoint(bytes, path)) {
    // Of networks that were trained on several GPUs.
    const std::string own = name.starts_with(kParallel) ? name.substr(kParallel.size()) : name;
    once = (own.ends_with(kHaar) ? filters : parameters).emplace(own, tensor).second && once;
  }
  if (parameters.contains("operations.0.conv_weights"))
    throw refusal(
        "The checkpoint %s is for scale 3 or for decolouring, which Pentimento does not know: choose one for "
        "scale 2, 4 or 8.",
        path);
  const std::shared_ptr<Rescaling> network = rescaling_of(parameters);
  if (!once || !network || !are_haar(filters, *network))
    throw refusal(
        "The checkpoint %s is not of the invertible rescaling network: choose IRN_x2.pth, IRN_x4.pth or "
        "IRN_x8.pth.",
        path);
  return network;
}

}  // namespace

int import_command(std::span<const std::string> arguments) {
  const bool help = arguments.size() == 1 && arguments[0] == "--help";
  if (help || arguments.size() != 2 || arguments[0].starts_with('-') || arguments[1].starts_with('-')) {
    std::fprintf(help ? stdout : stderr, "usage: pentimento-train import IN.pth OUT.safetensors\n");
    return help ? 0 : 2;
  }
  const std::shared_ptr<Rescaling> network = imported(arguments[0]);
  write_rescaling(arguments[1], *network, {{"origin", "imported from a PyTorch checkpoint"}});
  return 0;
}

}  // namespace pentimento
