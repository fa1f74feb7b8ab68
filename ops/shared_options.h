// SPDX-License-Identifier: GPL-3.0-or-later
// The shared properties as the engine's options. Include it after gegl-op.h, which defines GeglProperties; static,
// because each operation has another struct of that name.
#pragma once

#include <vector>

#include "engine.h"
#include "shared_enums.h"

static std::vector<PentimentoOption> shared_options(const GeglProperties* o) {
  int threads = 1;
  g_object_get(gegl_config(), "threads", &threads, nullptr);
  return {
      {"quality", 0, pentimento::nick(pentimento_quality_get_type(), o->quality)},
      {"iterations", static_cast<double>(o->iterations), nullptr},
      {"seed", static_cast<double>(o->seed), nullptr},
      {"device", 0, pentimento::nick(pentimento_device_get_type(), o->device)},
      {"threads", static_cast<double>(threads), nullptr},
  };
}
