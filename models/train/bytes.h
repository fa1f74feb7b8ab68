// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "weights/damaged.h"

namespace pentimento {

using Bytes = std::span<const std::byte>;

// What stands in a file, from the front; throws Damaged where it ends too early.
class Cursor {
 public:
  explicit Cursor(Bytes bytes) : rest_(bytes) {}

  Bytes take(uint64_t count) {
    require(count <= rest_.size());
    const Bytes taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  // A number, the least significant byte first.
  template <typename Number>
  Number number() {
    Number number;
    std::memcpy(&number, take(sizeof number).data(), sizeof number);
    return number;
  }

  std::string_view text(uint64_t count) {
    const Bytes taken = take(count);
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }

  Bytes rest() const { return rest_; }

 private:
  Bytes rest_;
};

}  // namespace pentimento
