// SPDX-License-Identifier: GPL-3.0-or-later
// The weights that the operations rescale-down and rescale-up give to the engine.
#pragma once

#include <string>

namespace pentimento {

struct RescaleWeights {
  std::string path;   // a full one
  std::string mark;   // tells the file's content apart: the first 16 hexadecimal digits of its SHA-256
  std::string error;  // one sentence, where the file cannot be read
};

// The file `chosen`; where that is empty or NULL, the shipped one for the scale: irn-x2.safetensors ... in the folder
// $PENTIMENTO_WEIGHTS, else where Pentimento is installed.
RescaleWeights rescale_weights(const char* chosen, int scale);

}  // namespace pentimento
