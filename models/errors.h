// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libintl.h>

#include <stdexcept>
#include <string>

#include "engine.h"

// The engine's sentences are translated where they are made; whoever loads the engine has bound the domain.
#define _(text) dgettext("pentimento", text)

namespace pentimento {

// `text` with `value` in the place of its one %s.
inline std::string format(const char* text, const std::string& value) {
  std::string sentence = text;
  const size_t place = sentence.find("%s");
  return place == std::string::npos ? sentence : sentence.replace(place, 2, value);
}

// One clear, translated sentence to the user that says what to do.
struct Error : std::runtime_error {
  Error(PentimentoStatus status, const std::string& sentence) : std::runtime_error(sentence), status(status) {}
  PentimentoStatus status;
};

inline Error out_of_memory() {
  return {PENTIMENTO_OUT_OF_MEMORY, _("There is not enough memory for a picture of this size: please close other "
                                      "programs, or work on a part of it.")};
}

}  // namespace pentimento
