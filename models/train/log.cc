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
  const bool terminal = isatty(STDERR_FILENO) == 1, stays = !terminal || entry.validation;
  std::fprintf(stderr, "%s%s%s", terminal ? "\r\033[K" : "", progress_line(entry).c_str(), stays ? "\n" : "");
  if (file_.is_open()) file_ << json_line(entry) << std::endl;
}

std::string progress_line(const LogEntry& e) {
  const TrainingReport& r = e.report;
  std::string line =
      print("step %lld (%.1f%%)  loss %.5f  restoration %.5f  guidance %.2e  distribution %.2e  norm %.2f",
            static_cast<long long>(e.step), 100 * e.progress, r.loss, r.restoration, r.guidance, r.distribution,
            r.gradient_norm);
  if (r.skipped > 0) line += print("  skipped %lld", static_cast<long long>(r.skipped));
  if (e.validation) line += print("  PSNR-Y %.2f dB  small %.2f dB", e.validation->psnr_y, e.validation->small_psnr);
  return line + print("  %.1f pictures/s  ", e.pictures_per_second) + duration(e.seconds_left) + " left";
}

std::string json_line(const LogEntry& e) {
  const TrainingReport& r = e.report;
  std::string line = "{\"step\": " + std::to_string(e.step);
  const auto add = [&](const char* name, double value) { line += std::string(", \"") + name + "\": " + number(value); };
  add("seconds", e.seconds);
  add("learning_rate", r.learning_rate);
  add("loss", r.loss);
  add("restoration", r.restoration);
  add("guidance", r.guidance);
  add("distribution", r.distribution);
  add("gradient_norm", r.gradient_norm);
  add("skipped", static_cast<double>(r.skipped));
  if (e.validation) {
    add("psnr_y", e.validation->psnr_y);
    add("small_psnr", e.validation->small_psnr);
  }
  return line + "}";
}

}  // namespace pentimento
