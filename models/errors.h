// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <libintl.h>

#include <stdexcept>
#include <string>

#include "engine.h"

// The engine's sentences are translated where they are made; whoever loads the engine has bound the domain.
#define _(text) dgettext("pentimento", text)

namespace pentimento {

// One clear, translated sentence to the user that says what to do.
struct Error : std::runtime_error {
  Error(PentimentoStatus status, const std::string& sentence) : std::runtime_error(sentence), status(status) {}
  PentimentoStatus status;
};

}  // namespace pentimento
