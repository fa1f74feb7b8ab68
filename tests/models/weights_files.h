// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of weights do with files.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "errors.h"

namespace pentimento {

// A folder that goes again.
class Folder {
 public:
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string file(const std::string& name) const { return path / name; }

  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / ("weights-" + std::to_string(getpid()));
};

inline std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void put(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

// The sentence with which it is refused, or "" where it is not.
template <typename Act>
std::string refusal(const Act& act) {
  try {
    act();
  } catch (const Error& e) {
    EXPECT_NE(e.status, PENTIMENTO_OK);
    return e.what();
  }
  return "";
}

}  // namespace pentimento
