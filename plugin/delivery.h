// SPDX-License-Identifier: GPL-3.0-or-later
// Results back into GIMP, each as one undo step. Main thread only.
#pragma once

#include <gegl.h>
#include <libgimp/gimp.h>

#include <string>

#include "filters.h"
#include "run.h"
#include "target.h"

namespace pentimento {

struct Delivery {
  std::string error{};         // why nothing was changed, in one sentence, or ""
  GimpImage* image = nullptr;  // for Destination::kImage: the new one, without a display; owned by libgimp
};

/// What is to be written, and where.
struct Result {
  Outcome outcome;  // of new_job(): all parts for Destination::kGroup, else one picture
  Destination destination;
  Handle<GimpProcedureConfig> config;  // that led to it
  Handle<GeglBuffer> overlay{};        // of new_invention_job(); null where nobody wants to see it
};

/// GIMP goes on working while the dialog is open, so the layer of `target` may be gone or no longer what was read: that
/// is an error.
Delivery deliver(const Filter& filter, const Target& target, const Result& result);

}  // namespace pentimento
