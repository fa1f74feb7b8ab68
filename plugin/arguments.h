// SPDX-License-Identifier: GPL-3.0-or-later
// A procedure's arguments come from its operation's own properties: one truth for names, ranges, defaults and texts.
#pragma once

#include <gegl.h>
#include <libgimp/gimp.h>

#include <vector>

#include "filters.h"

namespace pentimento {

/// The properties of `operation` that a user sets, in their order; empty when it is not installed.
/// What the operation reports (`error`, `notice`) is left out.
std::vector<GParamSpec*> user_properties(const char* operation);

/// The filter's own argument first, where it has one.
void add_arguments(GimpProcedure* procedure, const Filter& filter);

/// Gives the node of `operation` the values that the user chose.
void apply_arguments(GimpProcedureConfig* config, const char* operation, GeglNode* node);

/// Where the result goes that the operation makes with these values.
Destination destination(const Filter& filter, GimpProcedureConfig* config);

}  // namespace pentimento
