// SPDX-License-Identifier: GPL-3.0-or-later
// What restoring a shrunken picture needs to know: one line of text, and the sidecar, the file that holds it.
#pragma once

#include <gegl-plugin.h>

#include <optional>
#include <string>

#include "codes.h"

namespace pentimento {

struct RescaleNote {
  int scale = 0;
  int width = 0, height = 0;  // of the picture before it was shrunk
  std::string weights;        // WeightsFile::mark
  std::string small;          // small_mark()

  bool operator==(const RescaleNote&) const = default;
};

// "pentimento-rescale/1 scale=2 size=1023x767 weights=... small=...", without the end of the line.
std::string note_line(const RescaleNote& note);

// The note whose line this is, to the last character.
std::optional<RescaleNote> parse_note(const std::string& line);

// Tells the pixels of a small picture apart: the first 16 hexadecimal digits of the SHA-256 of its R'G'B' bytes, row by
// row. What alpha hides counts as black, for many programs do not keep its colours.
std::string small_mark(const Codes& small);

// True where a picture of the note's size becomes one of `small` when it is shrunk.
bool fits(const RescaleNote& note, const GeglRectangle& small);

// Writes the line and what follows it, all or nothing. Returns why it cannot be done in one sentence, else an empty
// one.
std::string write_sidecar(const char* path, const RescaleNote& note, const std::string& details);

// The line alone: for who asks how large the picture will be. Nothing, and one sentence, where `path` is no sidecar.
std::optional<RescaleNote> read_note(const char* path, std::string* error);

// What follows the line, perhaps nothing. Nothing at all, and a sentence, where the file does not begin with `note`.
std::optional<std::string> read_details(const char* path, const RescaleNote& note, std::string* error);

// The sentence for a file that is no sidecar, or a damaged one.
std::string bad_sidecar(const char* path);

}  // namespace pentimento
