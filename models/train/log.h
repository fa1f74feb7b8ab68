// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace pentimento {

using NamedValues = std::vector<std::pair<std::string, double>>;

struct LogEntry {
  int64_t step = 0;
  double progress = 0, seconds = 0;  // of the whole training, also where it was interrupted
  double pictures_per_second = 0, seconds_left = 0;
  NamedValues report;      // means over the steps since the last entry
  NamedValues validation;  // means over the pictures that are not trained on; none where they were not measured
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

// Values of 0 are left out of the line.
std::string progress_line(const LogEntry& entry);
std::string json_line(const LogEntry& entry);

}  // namespace pentimento
