// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace pentimento {

// The command line is wrong: one sentence.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// One that a command understands: --name VALUE, --name alone where `value` is empty, --name VALUE... up to the next
// option where `value` ends in three dots.
struct Option {
  std::string name, value, standard, meaning;  // standard: what it has where it is not given; empty: nothing
};

class Options {
 public:
  // Strict: everything else, an option given twice or one without its value throws UsageError.
  Options(std::span<const Option> known, std::span<const std::string> words);

  bool has(const std::string& name) const { return values_.contains(name); }
  // Those that must have a value: a UsageError where they have none, or one that does not fit.
  const std::string& text(const std::string& name) const;
  double number(const std::string& name, double least, double most) const;
  int64_t count(const std::string& name, int64_t least, int64_t most) const;
  const std::string& one_of(const std::string& name, std::initializer_list<const char*> choices) const;
  // None where it is not given.
  std::vector<std::string> all(const std::string& name) const;
  // The words that belong to no option.
  const std::vector<std::string>& rest() const { return rest_; }

 private:
  std::map<std::string, std::vector<std::string>> values_;
  std::vector<std::string> rest_;
};

// As above; with --help among the words prints `usage` and what is known, and gives nothing.
std::optional<Options> parse(const char* usage, std::span<const Option> known, std::span<const std::string> words);

}  // namespace pentimento
