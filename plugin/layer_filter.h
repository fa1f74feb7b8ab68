// SPDX-License-Identifier: GPL-3.0-or-later
// An operation as a filter of a layer, which GIMP computes anew whenever the layer changes. Main thread only.
#pragma once

#include <libgimp/gimp.h>

#include <string>

#include "filters.h"

namespace pentimento {

/// One sentence why `drawable` cannot keep the filter with the values in `config`, or "".
std::string keeping_refusal(const Filter& filter, GimpDrawable* drawable, GimpProcedureConfig* config);

/// Puts the filter's operation on top of the filters of `layer`, with the values in `config`, through the selection of
/// this moment. Returns one sentence on failure, or "".
std::string append_filter(const Filter& filter, GimpLayer* layer, GimpProcedureConfig* config);

}  // namespace pentimento
