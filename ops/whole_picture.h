// SPDX-License-Identifier: GPL-3.0-or-later
// What every operation shares that works on a whole picture at once.
#pragma once

#include <functional>

#include "engine_run.h"
#include "extents.h"
#include "restoration.h"

namespace pentimento {

// Sets the extent, format and process functions and the "estimate" signal. A single `process` call sees the whole
// input; empty and infinite inputs are passed through.
void whole_picture_class_init(GeglOperationClass* klass);

// The format function, for operations that prepare something else too.
void prepare_formats(GeglOperation* operation);

// Fills `result` of `output`; `aux` is NULL where there is none. The colours are the engine's, alpha is the input's but
// where holes were filled (holes.h). Pixels that the engine gave back with the very bits it was given, and those under
// alpha 0, are the input's, bit for bit. Where the engine cannot do it, or is not asked, `output` is a copy of the
// input (enlarged, if the output is), a g_warning says why and `error` is set; after a cancel it is that copy and
// nothing more. Either way the node holds its output as GEGL's caches do: set a property, or make a new node, to run
// again.
void restore_picture(const Restoration& job, GeglBuffer* input, GeglBuffer* aux, GeglBuffer* output,
                     const GeglRectangle* result) noexcept;

// What restore_picture() does around its work, for operations with work of their own: `work` fills `result` of `output`
// and returns what it came to. Where that has no pixels, where `work` throws, or where job.refusal keeps it from being
// called, `output` becomes the copy.
void run_guarded(const Restoration& job, GeglBuffer* input, GeglBuffer* output, const GeglRectangle* result,
                 const std::function<Outcome()>& work) noexcept;

}  // namespace pentimento
