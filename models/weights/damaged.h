// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <exception>

namespace pentimento {

// The bytes are not what their format allows. Whoever knows the file's name makes a sentence of it.
struct Damaged : std::exception {};

inline void require(bool holds) {
  if (!holds) throw Damaged();
}

}  // namespace pentimento
