// SPDX-License-Identifier: GPL-3.0-or-later
#include "weights/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <vector>

#include "errors.h"
#include "weights/damaged.h"
#include "weights/header.h"

namespace pentimento {

using torch::Tensor;
namespace fs = std::filesystem;

namespace {

static_assert(std::endian::native == std::endian::little, "the file's numbers are used as they are");

constexpr uint64_t kLongestHeader = 1 << 20;
constexpr size_t kAlignment = 8;  // of the data

// Fills the span with what stands at an offset of the file.
using Fetch = std::function<void(uint64_t, std::span<std::byte>)>;

std::span<std::byte> bytes_of(const Tensor& tensor) {
  return {static_cast<std::byte*>(tensor.data_ptr()), tensor.nbytes()};
}

bool finite(const Tensor& tensor) { return !tensor.is_floating_point() || torch::isfinite(tensor).all().item<bool>(); }

Weights read(uint64_t size, const Fetch& fetch) {
  std::array<uint64_t, 1> length = {};
  require(size >= sizeof length);
  fetch(0, std::as_writable_bytes(std::span(length)));
  require(length[0] <= kLongestHeader && length[0] <= size - sizeof length);
  std::string json(length[0], ' ');
  fetch(sizeof length, std::as_writable_bytes(std::span(json)));
  const uint64_t data = sizeof length + json.size();
  Header header = parse_header(json, size - data);
  Weights weights;
  for (const auto& [name, place] : header.tensors) {
    const Tensor tensor = torch::empty(place.shape, place.type);
    if (tensor.numel() > 0) fetch(data + place.begin, bytes_of(tensor));
    require(finite(tensor));
    weights.tensors[name] = tensor;
  }
  weights.metadata = std::move(header.metadata);
  return weights;
}

Error damaged(const std::string& name) {
  return {PENTIMENTO_BAD_INPUT, format(_("The weights file %s is damaged or not of the safetensors format: install it "
                                         "again or choose another."),
                                       name)};
}

void write(std::ostream& out, std::span<const std::byte> bytes) {
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

Weights read_safetensors(const std::string& path, uint64_t limit) {
  std::error_code error;
  std::ifstream in;
  if (fs::is_regular_file(path, error)) in.open(path, std::ios::binary);
  if (!in.is_open())
    throw Error(PENTIMENTO_BAD_INPUT,
                format(_("There are no weights at %s: install them again or choose others."), path));
  const uint64_t size = fs::file_size(path, error);
  if (error || size > limit) throw damaged(path);
  try {
    return read(size, [&in](uint64_t offset, std::span<std::byte> bytes) {
      in.seekg(static_cast<std::streamoff>(offset));
      in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
      require(in.good());
    });
  } catch (const Damaged&) {
    throw damaged(path);
  }
}

Weights read_safetensors(std::span<const std::byte> file, const std::string& name) {
  try {
    return read(file.size(), [file](uint64_t offset, std::span<std::byte> bytes) {
      std::memcpy(bytes.data(), file.data() + offset, bytes.size());
    });
  } catch (const Damaged&) {
    throw damaged(name);
  }
}

void write_safetensors(const std::string& path, const Weights& weights) {
  std::vector<std::pair<std::string, Tensor>> sorted;
  for (const auto& [name, tensor] : weights.tensors)
    sorted.emplace_back(name, tensor.detach().to(torch::kCPU).contiguous());
  // The widest numbers first, so that all of them are aligned.
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.element_size() > b.second.element_size(); });
  Header header = {{}, weights.metadata};
  uint64_t end = 0;
  for (const auto& [name, tensor] : sorted) {
    if (!finite(tensor))
      throw Error(PENTIMENTO_FAILED,
                  format(_("The weights are no longer finite numbers and were not saved to %s: train "
                           "with a lower learning rate."),
                         path));
    header.tensors[name] = {tensor.scalar_type(), tensor.sizes().vec(), end, end + tensor.nbytes()};
    end += tensor.nbytes();
  }
  std::string json = header_text(header);
  json.resize((json.size() + kAlignment - 1) / kAlignment * kAlignment, ' ');
  const std::array<uint64_t, 1> length = {json.size()};

  const std::string partial = path + ".partial";
  std::ofstream out(partial, std::ios::binary);
  write(out, std::as_bytes(std::span(length)));
  write(out, std::as_bytes(std::span(json)));
  for (const auto& [name, tensor] : sorted) write(out, bytes_of(tensor));
  out.close();
  std::error_code error;
  if (out) fs::rename(partial, path, error);
  if (!out || error) {
    fs::remove(partial, error);
    throw Error(PENTIMENTO_FAILED, format(_("%s cannot be written: choose another place, or make room there."), path));
  }
}

}  // namespace pentimento
