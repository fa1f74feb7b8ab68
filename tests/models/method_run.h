// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "methods/method.h"

namespace pentimento {

// Runs a method as the engine does; `sink` hears every step.
inline torch::Tensor run_method(
    const std::string& name, std::vector<torch::Tensor> inputs, const std::map<std::string, double>& numbers,
    const std::string& quality = "fast", Monitor::Sink sink = [](const Snapshot&) { return Answer::kContinue; },
    std::string* notice = nullptr) {
  Monitor monitor(std::move(sink), 0);
  Task task;
  task.monitor = &monitor;
  task.inputs = std::move(inputs);
  for (const auto& [option, number] : numbers) task.options.set(option, number);
  task.options.set("quality", quality);
  const torch::Tensor result = find_method(name)(task);
  if (notice) *notice = task.notice;
  return result;
}

}  // namespace pentimento
