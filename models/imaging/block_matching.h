// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace pentimento {

constexpr int64_t kMatchedBlock = 8;  // a side

// How many blocks are sought for a reference block, and where.
struct Matching {
  int64_t reach = 19;  // how far their corners may lie from its own, in rows and in columns
  int64_t most = 16;   // in a group, the reference itself included; a power of two
};

// Corner of a block.
struct Place {
  int32_t y, x;
};

// Finds the blocks most similar to those with corners (y, x) for every x of `xs` (ascending): groups[i] are those of
// xs[i], the most similar first, beginning with the reference itself; their number is a power of two. Similar is what
// differs least in the sum of squares, however much that is: the transform of a group tells what its blocks share.
// `plane`: height x width floats, sides >= kMatchedBlock. Blocks lie wholly inside it.
void match_blocks(const float* plane, int64_t height, int64_t width, int64_t y, const std::vector<int64_t>& xs,
                  const Matching& matching, std::vector<std::vector<Place>>& groups);

}  // namespace pentimento
