// SPDX-License-Identifier: GPL-3.0-or-later
// The weights that operations with a network trained beforehand give to the engine.
#pragma once

#include <string>

namespace pentimento {

struct WeightsFile {
  std::string path;   // a full one
  std::string mark;   // tells the file's content apart: the first 16 hexadecimal digits of its SHA-256
  std::string error;  // one sentence, where the file cannot be read
};

// The file `chosen`; where that is empty or NULL, the one called `shipped` ("irn-x2.safetensors") in the folder
// $PENTIMENTO_WEIGHTS, else where Pentimento is installed.
WeightsFile find_weights(const char* chosen, const std::string& shipped);

}  // namespace pentimento
