// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>

namespace pentimento {

// pentimento-train import IN.pth OUT.safetensors: the weights of one of the authors' checkpoints of IRN ("IRN_x2.pth",
// "IRN_x4.pth", "IRN_x8.pth"), bit for bit, as a file that read_rescaling() reads. Gives the exit status; throws an
// Error where they cannot be had.
int import_command(std::span<const std::string> arguments);

}  // namespace pentimento
