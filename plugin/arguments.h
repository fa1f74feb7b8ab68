// SPDX-License-Identifier: GPL-3.0-or-later
// A procedure's arguments come from its operation's own properties: one truth for names, ranges, defaults and texts.
#pragma once

#include <gegl.h>
#include <libgimp/gimp.h>

#include <vector>

#include "filters.h"
#include "handles.h"

namespace pentimento {

/// The filters' own arguments, booleans: of decompositions, and of any.
inline constexpr const char *kLayers = "layers", *kAllLayers = "all-layers";
inline constexpr const char *kAsFilter = "as-filter", *kShowInvented = "show-invented";

/// The properties of the filter's operation that a user sets, in their order; empty when it is not installed.
/// What the operation reports (`error`, `notice`, `report`) is left out, and what is known: the number of `frames`, the
/// `sidecar`, and the `output` that becomes a layer above.
std::vector<GParamSpec*> user_properties(const Filter& filter);

/// Whether the filter fits networks to the picture, step by step; its result grows, and may be stopped at any time.
bool is_fitted(const Filter& filter);

/// Whether `config` has that boolean argument, and it is on.
bool is_on(GimpProcedureConfig* config, const char* argument);

/// The filter's own arguments first, where it has some.
void add_arguments(GimpProcedure* procedure, const Filter& filter);

/// Sets what GIMP has lost of the defaults: on its way to other plug-ins and back a color becomes transparent, which
/// none of ours can be.
void complete_arguments(GimpProcedureConfig* config, const Filter& filter);

/// The file that an argument names; empty where there is none.
Text chosen_path(GimpProcedureConfig* config, const char* argument);

/// Gives the filter's node the values that the user chose.
void apply_arguments(GimpProcedureConfig* config, const Filter& filter, GeglNode* node);

/// Gives the property `name` of any node the value of the argument of that name and kind.
void apply_argument(GimpProcedureConfig* config, const char* name, GeglNode* node);

/// Where the result goes that the operation makes with these values.
Destination destination(const Filter& filter, GimpProcedureConfig* config);

/// Which part of a decomposition the argument "output" names; 0 for other filters.
std::size_t chosen_part(const Filter& filter, GimpProcedureConfig* config);

}  // namespace pentimento
