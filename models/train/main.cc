// SPDX-License-Identifier: GPL-3.0-or-later
// pentimento-train COMMAND ...: trains the networks that have weights. Each command tells what it takes with --help.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <iterator>

#include "fit/page_allocator.h"
#include "train/commands.h"
#include "train/import.h"
#include "train/options.h"

namespace {

struct Command {
  const char *name, *what;
  int (*run)(std::span<const std::string> arguments);
};

constexpr Command kCommands[] = {
    {"irn", "train the invertible rescaling network", pentimento::irn_command},
    {"restore", "train a network that restores from rain, haze or shadow", pentimento::restore_command},
    {"degrade", "make pairs to measure that network on", pentimento::degrade_command},
    {"pack", "gather pictures or crops of them in one file", pentimento::pack_command},
    {"evaluate", "measure weights on pictures", pentimento::evaluate_command},
    {"import", "turn a checkpoint of IRN's authors into weights", pentimento::import_command},
};

}  // namespace

int main(int argc, char** argv) try {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const auto* const command =
      std::ranges::find_if(kCommands, [&](const Command& c) { return !words.empty() && words[0] == c.name; });
  if (command == std::end(kCommands)) {
    std::FILE* const out = words == std::vector<std::string>{"--help"} ? stdout : stderr;
    std::fprintf(out, "usage: pentimento-train COMMAND [--help] ...\n\n");
    for (const Command& c : kCommands) std::fprintf(out, "  %-10s %s\n", c.name, c.what);
    return out == stdout ? 0 : 2;
  }
  pentimento::install_page_allocator();
  return command->run(std::span(words).subspan(1));
} catch (const pentimento::UsageError& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 2;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
