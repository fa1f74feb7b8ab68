// SPDX-License-Identifier: GPL-3.0-or-later
// Finds the engine and LibTorch behind it, at the first run and not before: linked directly they would cost every
// start of gegl and GIMP 0.7 s and 140 MB.
#pragma once

#include <string>

#include "engine.h"

namespace pentimento {

// The engine at $PENTIMENTO_ENGINE (a file's path), else at the place where it was installed. Thread-safe.
// NULL if it cannot be had; `error` is then one translated sentence that says what to do. The next call tries again,
// because the user may install what is missing meanwhile.
const PentimentoEngine* load_engine(std::string* error);

// The same for one given file.
const PentimentoEngine* open_engine(const char* path, std::string* error);

}  // namespace pentimento
