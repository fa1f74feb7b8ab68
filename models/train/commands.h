// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>

namespace pentimento {

// What pentimento-train can do, each with the words after its name; they return the exit status, and throw UsageError
// or std::runtime_error.
int irn_command(std::span<const std::string> arguments);
int degrade_command(std::span<const std::string> arguments);
int restore_command(std::span<const std::string> arguments);
int pack_command(std::span<const std::string> arguments);
int evaluate_command(std::span<const std::string> arguments);

}  // namespace pentimento
