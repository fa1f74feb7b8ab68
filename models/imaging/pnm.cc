// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/pnm.h"

#include <cctype>
#include <fstream>
#include <stdexcept>

namespace pentimento {

using torch::Tensor;

namespace {

// The next number of a header, past white space and comments.
int64_t header_number(std::istream& in) {
  while (std::isspace(in.peek()) || in.peek() == '#') {
    std::string comment;
    in.peek() == '#' ? static_cast<void>(std::getline(in, comment)) : static_cast<void>(in.get());
  }
  int64_t n = 0;
  in >> n;
  return n;
}

}  // namespace

Tensor read_pnm(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string magic(2, '\0');
  in.read(magic.data(), 2);
  const int64_t channels = magic == "P6" ? 3 : magic == "P5" ? 1 : 0;
  const int64_t width = header_number(in), height = header_number(in), maximum = header_number(in);
  in.get();
  if (!in || channels == 0 || width < 1 || height < 1 || width > 1 << 20 || height > 1 << 20 || maximum < 1 ||
      maximum > 65535)
    throw std::runtime_error(path + " is not a binary PGM or PPM picture");
  const int64_t bytes = maximum > 255 ? 2 : 1;
  Tensor raw = torch::empty({height, width, channels, bytes}, torch::kUInt8);
  in.read(reinterpret_cast<char*>(raw.data_ptr()), raw.numel());
  if (!in) throw std::runtime_error(path + " ends too early");
  Tensor values = raw.to(torch::kFloat);
  // Two-byte samples have the more significant byte first.
  values = bytes == 2 ? values.select(3, 0) * 256 + values.select(3, 1) : values.select(3, 0);
  return (values / static_cast<double>(maximum)).permute({2, 0, 1}).unsqueeze(0).contiguous();
}

void write_pnm(const std::string& path, const Tensor& picture) {
  const Tensor rows =
      (picture.clamp(0, 1) * 255).round().to(torch::kUInt8).to(torch::kCPU).squeeze(0).permute({1, 2, 0}).contiguous();
  std::ofstream out(path, std::ios::binary);
  out << (rows.size(2) == 1 ? "P5\n" : "P6\n") << rows.size(1) << ' ' << rows.size(0) << "\n255\n";
  out.write(reinterpret_cast<const char*>(rows.data_ptr()), rows.numel());
  if (!out.flush()) throw std::runtime_error(path + " cannot be written");
}

}  // namespace pentimento
