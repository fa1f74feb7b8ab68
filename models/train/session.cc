// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/session.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "weights/safetensors.h"

namespace pentimento {

namespace fs = std::filesystem;

namespace {

volatile std::sig_atomic_t interrupt_came = 0;

void interrupt(int signal) {
  interrupt_came = 1;
  std::signal(signal, SIG_DFL);
}

fs::path state_path(const std::string& weights) { return fs::path(weights).replace_extension(".state.safetensors"); }

}  // namespace

Length::Length(const Options& options) {
  if (options.has("steps") == options.has("minutes")) throw UsageError("Give either --steps N or --minutes M.");
  if (options.has("steps"))
    steps_ = options.count("steps", 1, int64_t{1} << 40);
  else
    seconds_ = 60 * options.number("minutes", 0.01, 1e6);
}

double Length::elapsed() const { return before_ + std::chrono::duration<double>(Clock::now() - start_).count(); }

double Length::progress(int64_t step) const {
  return std::min(1.0, steps_ > 0 ? static_cast<double>(step) / static_cast<double>(steps_) : elapsed() / seconds_);
}

void catch_interrupts() {
  std::signal(SIGINT, interrupt);
  std::signal(SIGTERM, interrupt);
}

bool interrupted() { return interrupt_came != 0; }

void check_writable(const std::string& path) {
  const fs::path folder = fs::absolute(path).parent_path();
  if (access(folder.c_str(), W_OK) != 0) throw std::runtime_error("Nothing can be written in " + folder.string() + ".");
}

void save_state(const std::string& weights, const Interrupted& interrupted) {
  write_safetensors(state_path(weights), {interrupted.state, {{"seconds", std::to_string(interrupted.seconds)}}});
}

void remove_state(const std::string& weights) { fs::remove(state_path(weights)); }

Interrupted read_state(const std::string& weights) {
  if (weights.empty() || !fs::exists(state_path(weights))) return {};
  Weights state = read_safetensors(state_path(weights));
  const auto seconds = state.metadata.find("seconds");
  return {std::move(state.tensors), seconds == state.metadata.end() ? 0 : std::atof(seconds->second.c_str())};
}

}  // namespace pentimento
