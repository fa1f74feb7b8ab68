// SPDX-License-Identifier: GPL-3.0-or-later
// What a filter asks of its operation, put together from its row, the user's values and the pixels.
#pragma once

#include <libgimp/gimp.h>

#include "filters.h"
#include "run.h"
#include "target.h"

namespace pentimento {

/// `target` was prepared with `config`, and read. With `all_parts` the job gives all parts of a decomposition, in
/// their order; without it what `destination(filter, config)` needs.
Job new_job(const Filter& filter, GimpProcedureConfig* config, const Target& target, bool all_parts);

}  // namespace pentimento
