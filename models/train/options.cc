// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/options.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace pentimento {

namespace {

template <typename Number>
Number read_number(const std::string& name, const std::string& word, Number least, Number most) {
  Number n = 0;
  const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), n);
  if (problem != std::errc() || end != word.data() + word.size() || !(n >= least && n <= most)) {
    char range[80];
    std::snprintf(range, sizeof(range), "%.10g to %.10g", static_cast<double>(least), static_cast<double>(most));
    throw UsageError("--" + name + " must be a number from " + range + ", not \"" + word + "\".");
  }
  return n;
}

}  // namespace

Options::Options(std::span<const Option> known, std::span<const std::string> words) {
  for (const Option& option : known)
    if (!option.standard.empty()) values_[option.name] = {option.standard};
  std::vector<std::string> given;
  for (size_t i = 0; i < words.size(); ++i) {
    if (!words[i].starts_with("--")) {
      rest_.push_back(words[i]);
      continue;
    }
    const std::string name = words[i].substr(2);
    const auto option = std::ranges::find(known, name, &Option::name);
    if (option == known.end()) throw UsageError("There is no option --" + name + ": see --help.");
    if (std::ranges::find(given, name) != given.end()) throw UsageError("--" + name + " is given twice.");
    given.push_back(name);
    std::vector<std::string>& values = values_[name];
    values.clear();
    const size_t most = option->value.empty() ? 0 : option->value.ends_with("...") ? words.size() : 1;
    while (values.size() < most && i + 1 < words.size() && !words[i + 1].starts_with("--"))
      values.push_back(words[++i]);
    if (most > 0 && values.empty()) throw UsageError("--" + name + " wants " + option->value + " after it.");
  }
}

const std::string& Options::text(const std::string& name) const {
  const auto found = values_.find(name);
  if (found == values_.end()) throw UsageError("--" + name + " must be given: see --help.");
  return found->second.front();
}

double Options::number(const std::string& name, double least, double most) const {
  return read_number(name, text(name), least, most);
}

int64_t Options::count(const std::string& name, int64_t least, int64_t most) const {
  return read_number(name, text(name), least, most);
}

const std::string& Options::one_of(const std::string& name, std::initializer_list<const char*> choices) const {
  const std::string& word = text(name);
  if (std::ranges::find(choices, word) != choices.end()) return word;
  std::string sentence = "--" + name + " must be one of";
  for (const char* choice : choices) sentence += std::string(" ") + choice;
  throw UsageError(sentence + ", not \"" + word + "\".");
}

std::vector<std::string> Options::all(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>() : found->second;
}

std::optional<Options> parse(const char* usage, std::span<const Option> known, std::span<const std::string> words) {
  if (std::ranges::find(words, "--help") == words.end()) return Options(known, words);
  std::printf("usage: pentimento-train %s\n\n", usage);
  for (const Option& o : known)
    std::printf("  --%-28s %s%s\n", (o.value.empty() ? o.name : o.name + " " + o.value).c_str(), o.meaning.c_str(),
                o.standard.empty() ? "" : (" (" + o.standard + ")").c_str());
  return std::nullopt;
}

}  // namespace pentimento
