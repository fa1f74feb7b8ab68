// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gegl-plugin.h>

#include <string>
#include <vector>

#include "engine.h"

namespace pentimento {

// What the pad `aux` of an operation brings.
enum class Aux {
  kNothing,          // there is no such pad
  kHoles,            // what to fill; where nothing is connected, the transparent pixels (holes.h)
  kPicture,          // a second picture in place of the first one
  kOptionalPicture,  // the same, or nothing
  kMask,             // what is marked, or nothing: the engine gets it as a mask (hints.h)
  kStrokes,          // what is foreground and what background, or nothing: likewise
};

// One run of an engine method on one node.
struct Restoration {
  GeglOperation* operation;
  const char* method;
  std::vector<PentimentoOption> options;
  gchar** error;  // the node's properties of these names
  gchar** notice;
  Aux aux = Aux::kNothing;
  bool opaque = false;       // the result hides nothing, whatever the alpha of the input
  std::string refusal = {};  // why the engine need not be asked, in one sentence; empty: it is
  double magnification = 1;  // how many times larger the output is; a pixel at its end may lie in the picture in part
  std::string weights = {};  // tells the weights apart that the method works with, where it works with some
};

}  // namespace pentimento
