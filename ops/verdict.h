// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "result_cache.h"

namespace pentimento {

// What the figures of the engine's method "provenance" mean, in plain sentences, the most important first: how much was
// invented; then, where it was measured, whether the result agrees with its original and with itself. Empty where the
// shares are missing.
std::vector<std::string> verdict(const std::vector<Figure>& figures);

}  // namespace pentimento
