// SPDX-License-Identifier: GPL-3.0-or-later
// The shared properties as the engine's options, after the operation's own. Include it after gegl-op.h, which defines
// GeglProperties; static, because each operation has another struct of that name.
#pragma once

#include <iterator>
#include <vector>

#include "run_options.h"

static std::vector<PentimentoOption> shared_options(const GeglProperties* o, std::vector<PentimentoOption> own = {}) {
  const PentimentoOption shared[] = {
      {"quality", 0, pentimento::nick(pentimento_quality_get_type(), o->quality)},
      {"iterations", static_cast<double>(o->iterations), nullptr},
      {"seed", static_cast<double>(o->seed), nullptr},
  };
  own.insert(own.end(), std::begin(shared), std::end(shared));
  return pentimento::run_options(o->device, std::move(own));
}
