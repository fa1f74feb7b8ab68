// SPDX-License-Identifier: GPL-3.0-or-later
#include "temporary_file.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

namespace pentimento {

TemporaryFile::TemporaryFile(const std::string& content) {
  char* path = nullptr;
  const int file = g_file_open_tmp("pentimento-XXXXXX", &path, nullptr);
  path_.reset(path);
  if (file >= 0) g_close(file, nullptr);
  if (file >= 0 && g_file_set_contents(path, content.data(), static_cast<gssize>(content.size()), nullptr)) return;
  const Text sentence(g_strdup_printf(
      _("No temporary file could be written in %s. Make room there, and run the filter again."), g_get_tmp_dir()));
  error_ = sentence.get();
}

TemporaryFile::~TemporaryFile() {
  if (path_) g_unlink(path_.get());
}

std::string TemporaryFile::content() const {
  char* data = nullptr;
  gsize size = 0;
  g_file_get_contents(path_.get(), &data, &size, nullptr);
  const Text owner(data);
  return std::string(data ? data : "", size);
}

}  // namespace pentimento
