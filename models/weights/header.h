// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <c10/core/ScalarType.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento {

// Where a tensor stands in the data behind the header, in bytes.
struct Place {
  c10::ScalarType type;
  std::vector<int64_t> shape;
  uint64_t begin, end;
};

struct Header {
  std::map<std::string, Place> tensors;
  std::map<std::string, std::string> metadata;
};

// The JSON header of a safetensors file whose data are `data_size` bytes. Throws Damaged unless it is a header that the
// format allows, and its tensors fill the data without gap or overlap.
Header parse_header(std::string_view json, uint64_t data_size);

// The opposite.
std::string header_text(const Header& header);

}  // namespace pentimento
