// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/log.h"

#include <unistd.h>

#include <cmath>
#include <stdexcept>

namespace pentimento {

namespace {

template <typename... Values>
std::string print(const char* format, Values... values) {
  char text[400];
  std::snprintf(text, sizeof(text), format, values...);
  return text;
}

// JSON knows no infinity.
std::string number(double n) { return std::isfinite(n) ? print("%.8g", n) : "null"; }

std::string duration(double seconds) {
  const long s = std::lround(seconds);
  return print("%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
}

}  // namespace

TrainingLog::TrainingLog(const std::string& path) {
  if (path.empty()) return;
  file_.open(path, std::ios::app);
  if (!file_) throw std::runtime_error("The log " + path + " cannot be written.");
}

void TrainingLog::write(const LogEntry& entry) {
  const bool terminal = isatty(STDERR_FILENO) == 1, stays = !terminal || !entry.validation.empty();
  std::fprintf(stderr, "%s%s%s", terminal ? "\r\033[K" : "", progress_line(entry).c_str(), stays ? "\n" : "");
  if (file_.is_open()) file_ << json_line(entry) << std::endl;
}

std::string progress_line(const LogEntry& e) {
  std::string line = print("step %lld (%.1f%%)", static_cast<long long>(e.step), 100 * e.progress);
  for (const NamedValues& values : {e.report, e.validation})
    for (const auto& [name, value] : values)
      if (value != 0) line += "  " + name + print(" %.4g", value);
  return line + print("  %.1f pictures/s  ", e.pictures_per_second) + duration(e.seconds_left) + " left";
}

std::string json_line(const LogEntry& e) {
  std::string line = "{\"step\": " + std::to_string(e.step) + ", \"seconds\": " + number(e.seconds);
  for (const NamedValues& values : {e.report, e.validation})
    for (const auto& [name, value] : values) line += ", \"" + name + "\": " + number(value);
  return line + "}";
}

}  // namespace pentimento
