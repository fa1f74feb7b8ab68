// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string_view>

#include "train/bytes.h"

namespace pentimento {

// What lies in a zip archive whose files are all stored as they are, by name, as parts of `archive`. Throws Damaged
// where one is compressed, ciphered or there twice, where two overlap, and where the directories do not agree.
// Checksums are not looked at.
std::map<std::string_view, Bytes> stored_files(Bytes archive);

}  // namespace pentimento
