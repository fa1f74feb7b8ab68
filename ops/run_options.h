// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gegl-plugin.h>

#include <vector>

#include "engine.h"
#include "enums.h"

namespace pentimento {

// What the engine is told of every run, after what it is told of this one.
inline std::vector<PentimentoOption> run_options(PentimentoDevice device, std::vector<PentimentoOption> options) {
  int threads = 1;
  g_object_get(gegl_config(), "threads", &threads, nullptr);
  options.push_back({"device", 0, nick(pentimento_device_get_type(), device)});
  options.push_back({"threads", static_cast<double>(threads), nullptr});
  return options;
}

}  // namespace pentimento
