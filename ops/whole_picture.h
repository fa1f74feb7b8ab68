// SPDX-License-Identifier: GPL-3.0-or-later
// What every operation shares that works on a whole picture at once: extents and formats, pixels in and out of the
// engine, the result cache, progress and errors.
#pragma once

#include <gegl-plugin.h>

#include <vector>

#include "engine.h"

namespace pentimento {

// Sets the extent, format and process functions and the "estimate" signal. A single `process` call sees the whole
// input; empty and infinite inputs are passed through.
void whole_picture_class_init(GeglOperationClass* klass);

// One run of an engine method on one node.
struct Restoration {
  GeglOperation* operation;
  const char* method;
  std::vector<PentimentoOption> options;
  gchar** error;  // the node's properties of these names
  gchar** notice;
};

// Fills `result` of `output`. The colours are the engine's; alpha, and the colours under alpha 0, are the input's, bit
// for bit. Where the engine cannot do it, `output` is a copy of the input, a g_warning says why and `error` is set;
// after a cancel it is that copy and nothing more. Either way the node holds its output as GEGL's caches do: set a
// property, or make a new node, to run again.
void restore_picture(const Restoration& job, GeglBuffer* input, GeglBuffer* output,
                     const GeglRectangle* result) noexcept;

}  // namespace pentimento
