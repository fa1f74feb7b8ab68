// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdio>
#include <fstream>
#include <optional>
#include <string>

#include "train/trainer.h"

namespace pentimento {

// Means over the pictures that are not trained on, in dB.
struct Validation {
  double psnr_y = 0, small_psnr = 0;
};

struct LogEntry {
  int64_t step = 0;
  double progress = 0, seconds = 0;  // of the whole training, also where it was interrupted
  double pictures_per_second = 0, seconds_left = 0;
  TrainingReport report;
  std::optional<Validation> validation;
};

// Tells how a training goes: a line on stderr, one that is written over where that is a terminal, and one JSON object a
// line in a file.
class TrainingLog {
 public:
  explicit TrainingLog(const std::string& path);  // appended to; empty: no file
  void write(const LogEntry& entry);

 private:
  std::ofstream file_;
};

std::string progress_line(const LogEntry& entry);
std::string json_line(const LogEntry& entry);

}  // namespace pentimento
