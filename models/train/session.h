// SPDX-License-Identifier: GPL-3.0-or-later
// What every training command does beside the steps: how long, Ctrl-C, where it was.
#pragma once

#include <torch/torch.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "train/options.h"

namespace pentimento {

// How long to train, in the options' steps or minutes, and how much of that is over.
class Length {
 public:
  explicit Length(const Options& options);  // throws UsageError
  // Time that an earlier run of this training took.
  void add(double seconds) { before_ = seconds; }
  double before() const { return before_; }
  double elapsed() const;               // seconds, with those before
  double progress(int64_t step) const;  // 0..1

 private:
  using Clock = std::chrono::steady_clock;
  int64_t steps_ = 0;
  double seconds_ = 0, before_ = 0;
  Clock::time_point start_ = Clock::now();
};

// From now on Ctrl-C (SIGINT) and SIGTERM only make interrupted() true; a second one ends the program at once.
void catch_interrupts();
bool interrupted();

// Throws std::runtime_error unless a file can be written there: known now, not after the first thousand steps.
void check_writable(const std::string& path);

// What a trainer needs to go on, in weights.state.safetensors beside the weights, and the seconds it took so far.
struct Interrupted {
  std::map<std::string, torch::Tensor> state;
  double seconds = 0;
};
void save_state(const std::string& weights, const Interrupted& interrupted);
void remove_state(const std::string& weights);
// Without a state where there is none.
Interrupted read_state(const std::string& weights);

}  // namespace pentimento
