// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "fit/monitor.h"
#include "fit/resources.h"

namespace pentimento {

// A job's parameters by name. Every method must read each option it is given, or the job is refused.
class Options {
 public:
  void set(const std::string& name, double number) { values_[name] = number; }
  void set(const std::string& name, const std::string& text) { values_[name] = text; }

  // The option, or `otherwise` where it is absent. Throws Error where it has the wrong type or lies outside the range.
  int64_t integer(const std::string& name, int64_t otherwise, int64_t least, int64_t most) const;
  double real(const std::string& name, double otherwise, double least, double most) const;
  std::string choice(const std::string& name, const std::string& otherwise,
                     const std::vector<std::string>& choices) const;
  std::string text(const std::string& name, const std::string& otherwise) const;

  // Throws Error if an option was never asked for.
  void check_all_known() const;

 private:
  std::map<std::string, std::variant<double, std::string>> values_;
  mutable std::map<std::string, bool> known_;
};

// One job as a method sees it.
struct Task {
  std::vector<torch::Tensor> inputs;  // 1 x C x H x W, CPU, values as they come
  Options options;
  Monitor* monitor = nullptr;
  std::string notice;                                   // what the user should know of the result; empty: nothing
  std::vector<std::pair<std::string, double>> figures;  // what was measured, by names as in PentimentoFigure
};

// Where a method computes: the options device and threads, which every method has. Sets the number of threads, and
// checks that no other option is left unread: read the method's own first. Throws Error.
Resources read_resources(const Options& options);

// The options that every fitted method has.
struct FitSettings {
  std::string quality;     // fast, balanced or best
  int64_t iterations = 0;  // 0: stop by itself
  uint64_t seed = 0;
  Resources resources;
};

// Reads them and read_resources(). Throws Error.
FitSettings read_fit_settings(const Options& options);

// The result: 1 x C x H x W on the CPU. Throws Error and Cancelled.
using Method = torch::Tensor (*)(Task&);

// The method of that name, or nullptr.
Method find_method(const std::string& name);

}  // namespace pentimento
