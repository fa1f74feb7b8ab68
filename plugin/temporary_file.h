// SPDX-License-Identifier: GPL-3.0-or-later
// The temporary file through which an operation takes or hands over what belongs to a picture.
#pragma once

#include <string>

#include "handles.h"

namespace pentimento {

class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content);
  /// Removes the file.
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;

  /// Why there is no such file, in one sentence, or "".
  const std::string& error() const { return error_; }
  const char* path() const { return path_.get(); }
  /// What it holds now.
  std::string content() const;

 private:
  Text path_;
  std::string error_;
};

}  // namespace pentimento
