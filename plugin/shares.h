// SPDX-License-Identifier: GPL-3.0-or-later
// What pentimento:provenance reports of a result: where its information came from, band by band.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace pentimento {

/// Of the bits of a band: they sum to 1. A band without bits has none.
struct Shares {
  double retained, extracted, invented;
};

struct SharesReport {
  std::vector<Shares> bands;  // from the finest
  Shares all;
};

/// `json` is the file of the property "report", as ops/README.md describes it; nothing where it is none.
std::optional<SharesReport> parse_shares(const std::string& json);

}  // namespace pentimento
