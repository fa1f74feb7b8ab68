// SPDX-License-Identifier: GPL-3.0-or-later
#include "rescale_note.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace pentimento {
namespace {

constexpr gsize kLongestLine = 128;
constexpr gsize kLargestSidecar = gsize{1} << 30;

using File = std::unique_ptr<FILE, int (*)(FILE*)>;

File open_regular(const char* path) {
  // Else a folder, or a pipe that nobody writes to.
  const bool regular = g_file_test(path, G_FILE_TEST_IS_REGULAR);
  return {regular ? g_fopen(path, "rb") : nullptr, std::fclose};
}

std::string read_up_to(FILE* file, gsize n) {
  std::string bytes(n, '\0');
  bytes.resize(std::fread(bytes.data(), 1, n, file));
  return bytes;
}

// Reads the line and its end.
std::optional<RescaleNote> parse_start(FILE* file) {
  const std::string start = read_up_to(file, kLongestLine);
  const gsize end = std::min(start.find('\n'), start.size());
  std::fseek(file, static_cast<long>(end) + 1, SEEK_SET);
  return parse_note(start.substr(0, end));
}

}  // namespace

std::string note_line(const RescaleNote& note) {
  return "pentimento-rescale/1 scale=" + std::to_string(note.scale) + " size=" + std::to_string(note.width) + "x" +
         std::to_string(note.height) + " weights=" + note.weights + " small=" + note.small;
}

std::optional<RescaleNote> parse_note(const std::string& line) {
  RescaleNote note;
  char weights[17] = "", small[17] = "";
  std::sscanf(line.c_str(), "pentimento-rescale/1 scale=%1d size=%9dx%9d weights=%16[0-9a-f] small=%16[0-9a-f]",
              &note.scale, &note.width, &note.height, weights, small);
  note.weights = weights;
  note.small = small;
  const bool sound = (note.scale == 2 || note.scale == 4) && note.width > 0 && note.height > 0 &&
                     note.weights.size() == 16 && note.small.size() == 16;
  // Nothing else, and nothing in another way, may stand in the line.
  if (!sound || note_line(note) != line) return {};
  return note;
}

std::string small_mark(const Codes& small) {
  std::vector<guint8> colors(3 * small.pixels());
  for (gsize p = 0; p < small.pixels(); ++p)
    if (small.samples[4 * p + 3] != 0) std::copy_n(&small.samples[4 * p], 3, &colors[3 * p]);
  g_autofree char* sum = g_compute_checksum_for_data(G_CHECKSUM_SHA256, colors.data(), colors.size());
  return std::string(sum, 16);
}

bool fits(const RescaleNote& note, const GeglRectangle& small) {
  const auto shrunk = [&](int n) { return (n - 1) / note.scale + 1; };
  return shrunk(note.width) == small.width && shrunk(note.height) == small.height;
}

std::string write_sidecar(const char* path, const RescaleNote& note, const std::string& details) {
  const std::string bytes = note_line(note) + '\n' + details;
  g_autoptr(GError) error = nullptr;
  if (g_file_set_contents_full(path, bytes.data(), static_cast<gssize>(bytes.size()), G_FILE_SET_CONTENTS_CONSISTENT,
                               0666, &error))
    return "";
  g_autofree char* sentence = g_strdup_printf(
      _("What restoring the picture needs cannot be kept (%s): please choose another file for the sidecar and shrink "
        "the picture again."),
      error->message);
  return sentence;
}

std::optional<RescaleNote> read_note(const char* path, std::string* error) {
  const File file = open_regular(path);
  std::optional<RescaleNote> note;
  if (file) note = parse_start(file.get());
  if (!note) *error = bad_sidecar(path);
  return note;
}

std::optional<std::string> read_details(const char* path, const RescaleNote& note, std::string* error) {
  const File file = open_regular(path);
  if (file && parse_start(file.get()) == note) {
    GStatBuf status = {};
    if (g_stat(path, &status) == 0 && static_cast<guint64>(status.st_size) <= kLargestSidecar)
      return read_up_to(file.get(), static_cast<gsize>(status.st_size));
  }
  *error = bad_sidecar(path);
  return {};
}

std::string bad_sidecar(const char* path) {
  g_autofree char* sentence = g_strdup_printf(
      _("The file %s cannot be used as the sidecar of a shrunken picture: please choose the file that was written when "
        "the picture was shrunk, or none."),
      path);
  return sentence;
}

}  // namespace pentimento
