// SPDX-License-Identifier: GPL-3.0-or-later
// The properties that every fitted operation has. Include it in the GEGL_PROPERTIES section, after the operation's
// own. No include guard: gegl-op.h reads that section many times.
// clang-format off

property_enum(quality, _("Quality"), PentimentoQuality, pentimento_quality, PENTIMENTO_QUALITY_BALANCED)
  description(_("How much time to spend: fast shows what to expect, best is the full method of the paper"))

property_int(iterations, _("Iterations"), 0)
  description(_("How many steps to fit at most; 0 stops by itself when the picture no longer improves"))
  value_range(0, 1000000)
  ui_range(0, 5000)
  ui_meta("unit", "iterations")

property_seed(seed, _("Random seed"), rand)
  description(_("The same seed gives the same result on the same device"))

#include "run_properties.h"
