// SPDX-License-Identifier: GPL-3.0-or-later
// What a filter asks of its operation, put together from its row, the user's values and the pixels; and what it asks
// pentimento:provenance of the result.
#pragma once

#include <libgimp/gimp.h>

#include "filters.h"
#include "run.h"
#include "target.h"

namespace pentimento {

/// `target` was prepared with `config`, and read. With `all_parts` the job gives all parts of a decomposition, in
/// their order; without it what `destination(filter, config)` needs.
Job new_job(const Filter& filter, GimpProcedureConfig* config, const Target& target, bool all_parts);

/// Whether the result that these values lead to is a picture of what the layer shows, so that the two can be compared.
bool is_comparable(const Filter& filter, GimpProcedureConfig* config, const Target& target);

/// Whether the user wants to see what was invented, too.
bool shows_invented(const Filter& filter, GimpProcedureConfig* config, const Target& target);

/// What was invented in `result`, which new_job() gave and which is_comparable(): an overlay over it ("R'G'B'A u8"),
/// and the report (shares.h) in the file.
Job new_invention_job(const Filter& filter, GimpProcedureConfig* config, const Target& target, GeglBuffer* result);

}  // namespace pentimento
