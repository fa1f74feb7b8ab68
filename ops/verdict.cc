// SPDX-License-Identifier: GPL-3.0-or-later
#include "verdict.h"

#include <glib/gi18n-lib.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace pentimento {
namespace {

constexpr double kNothing = 0.005;      // of the bits: what rounds to 0 %
constexpr double kMost = 0.5;           // of the bits
constexpr double kSameAgain = 8;        // levels of 8 bits: what another way of shrinking may come to
constexpr double kOfOneMind = 2;        // levels of 8 bits
constexpr double kRepeated = 0.5;       // bits a coefficient
constexpr double kUnknownEnergy = 0.3;  // of the energy of the finest band

std::string how_much(double finest, double all) {
  if (finest < kNothing && all < kNothing)
    return _("Nothing was invented: what the result shows comes from the original.");
  const char* text = finest < kMost
                         ? _("About %d %% of the finest detail was invented, and %d %% of all detail.")
                         : _("Most of the finest detail was invented, about %d %%, and %d %% of all detail.");
  g_autofree char* sentence =
      g_strdup_printf(text, static_cast<int>(std::lround(100 * finest)), static_cast<int>(std::lround(100 * all)));
  return sentence;
}

std::string how_far_off(double levels) {
  g_autofree char* sentence = g_strdup_printf(
      _("The result does not agree with the original: made small again, it is off by about %.0f levels of 255."),
      levels);
  return sentence;
}

}  // namespace

std::vector<std::string> verdict(const std::vector<Figure>& figures) {
  const auto find = [&](const char* name) -> std::optional<double> {
    const auto found = std::ranges::find(figures, name, &Figure::name);
    if (found == figures.end() || !std::isfinite(found->value)) return {};
    return found->value;
  };
  const auto above = [&](const char* name, double limit) { return find(name).value_or(limit) > limit; };

  const auto finest = find("bands.0.invented"), all = find("invented");
  if (!finest || !all) return {};
  std::vector<std::string> sentences = {how_much(*finest, *all)};
  if (above("consistency", kSameAgain)) sentences.push_back(how_far_off(*find("consistency")));
  if (above("seed_std", kOfOneMind))
    sentences.push_back(
        _("With another random seed the result looks different: where it shows more than the original, do not rely on "
          "it."));
  if (above("bands.0.null_energy", kUnknownEnergy))
    sentences.push_back(_("Much of the finest detail lies where the original says nothing: it was guessed."));
  if (above("redundancy", kRepeated))
    sentences.push_back(_("Much of what was extracted only repeats what copying the original gives as well."));
  return sentences;
}

}  // namespace pentimento
