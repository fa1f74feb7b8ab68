// SPDX-License-Identifier: GPL-3.0-or-later
// A procedure's arguments come from its operation's own properties: one truth for names, ranges, defaults and texts.
#pragma once

#include <gegl.h>
#include <libgimp/gimp.h>

#include <vector>

#include "filters.h"

namespace pentimento {

/// The filters' own arguments of decompositions, booleans.
inline constexpr const char *kLayers = "layers", *kAllLayers = "all-layers";

/// The properties of `operation` that a user sets, in their order; empty when it is not installed.
/// What the operation reports (`error`, `notice`) is left out, and what the image tells: the number of `frames`, and
/// the `sidecar`.
std::vector<GParamSpec*> user_properties(const char* operation);

/// Whether `operation` fits networks to the picture, step by step; its result grows, and may be stopped at any time.
bool is_fitted(const char* operation);

/// The filter's own arguments first, where it has some.
void add_arguments(GimpProcedure* procedure, const Filter& filter);

/// Sets what GIMP has lost of the defaults: on its way to other plug-ins and back a color becomes transparent, which
/// none of ours can be.
void complete_arguments(GimpProcedureConfig* config, const char* operation);

/// Gives the node of `operation` the values that the user chose.
void apply_arguments(GimpProcedureConfig* config, const char* operation, GeglNode* node);

/// Where the result goes that the operation makes with these values.
Destination destination(const Filter& filter, GimpProcedureConfig* config);

/// Which part of a decomposition the argument "output" names; 0 for other filters.
std::size_t chosen_part(const Filter& filter, GimpProcedureConfig* config);

}  // namespace pentimento
