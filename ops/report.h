// SPDX-License-Identifier: GPL-3.0-or-later
// What was measured of a restored picture, as a file for other programs.
#pragma once

#include <string>
#include <vector>

#include "result_cache.h"

namespace pentimento {

// The JSON of it. A figure's name is its place: "bands.0.paths.retained" is a member of an object in an object in the
// array "bands"; what is no finite number becomes null. The sentences are the array "verdict".
std::string report_json(const std::vector<Figure>& figures, const std::vector<std::string>& verdict);

// Why no report can be written to `path`, in one sentence, as far as that can be told before; empty if it perhaps can.
std::string report_refusal(const char* path);

// Writes it, all or nothing. Returns why it cannot be done in one sentence, else an empty one.
std::string write_report(const char* path, const std::vector<Figure>& figures, const std::vector<std::string>& verdict);

}  // namespace pentimento
