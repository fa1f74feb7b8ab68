// SPDX-License-Identifier: GPL-3.0-or-later
// A filter as a procedure of GIMP: its description, and what happens when it is called.
#pragma once

#include <libgimp/gimp.h>

#include "filters.h"

namespace pentimento {

/// Returns a new reference.
GimpProcedure* create_procedure(GimpPlugIn* plug_in, const Filter& filter);

}  // namespace pentimento
