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

/// `outcome` is what a run on `target` gave: all parts for Destination::kGroup, else one. GIMP goes on working while
/// the dialog is open, so the layer may be gone or no longer what was read: that is an error.
Delivery deliver(const Filter& filter, const Target& target, const Outcome& outcome, Destination destination);

}  // namespace pentimento
