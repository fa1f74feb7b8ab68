// SPDX-License-Identifier: GPL-3.0-or-later
#include "weights_file.h"

#include <glib.h>
#include <glib/gi18n-lib.h>

#include <cstdio>
#include <memory>
#include <vector>

namespace pentimento {
namespace {

// Empty where the file cannot be read.
std::string mark_of(const char* path) {
  std::string mark;
  // Else a folder, or a pipe that nobody writes to.
  if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) return mark;
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path, "rb"), std::fclose);
  if (!file) return mark;
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  std::vector<guchar> part(1 << 20);
  while (const gsize n = std::fread(part.data(), 1, part.size(), file.get()))
    g_checksum_update(sum, part.data(), static_cast<gssize>(n));
  if (!std::ferror(file.get())) mark.assign(g_checksum_get_string(sum), 16);
  return mark;
}

}  // namespace

WeightsFile find_weights(const char* chosen, const std::string& shipped) {
  WeightsFile weights;
  const bool installed = !chosen || !*chosen;
  const char* folder = g_getenv("PENTIMENTO_WEIGHTS");
  if (!folder || !*folder) folder = PENTIMENTO_WEIGHTS_DIR;
  g_autofree char* path = g_build_filename(folder, shipped.c_str(), nullptr);
  g_autofree char* full = g_canonicalize_filename(installed ? path : chosen, nullptr);
  weights.path = full;
  weights.mark = mark_of(weights.path.c_str());
  if (weights.mark.empty()) {
    g_autofree char* sentence = g_strdup_printf(
        installed ? _("The weights file %s is missing or cannot be read. Please install Pentimento again, or choose "
                      "another file.")
                  : _("The weights file %s cannot be read: please choose another one, or none for the one that comes "
                      "with Pentimento."),
        weights.path.c_str());
    weights.error = sentence;
  }
  return weights;
}

}  // namespace pentimento
