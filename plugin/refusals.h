// SPDX-License-Identifier: GPL-3.0-or-later
// What can keep a filter from a drawable before a run, and, as GIMP goes on working, after it.
#pragma once

#include <libgimp/gimp.h>

#include <string>

namespace pentimento {

/// The item's pixels, or those of a group around it, may not be changed.
bool is_locked(GimpItem* item);

/// One sentence why `item` has no pixels that could be replaced, or "".
std::string pixels_refusal(GimpItem* item);

std::string locked_sentence();
std::string selection_sentence();

}  // namespace pentimento
