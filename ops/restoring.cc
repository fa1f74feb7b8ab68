// SPDX-License-Identifier: GPL-3.0-or-later
#include "restoring.h"

#include "run_options.h"

namespace pentimento {

WeightsFile rescaling_weights(const char* chosen, int scale) {
  return find_weights(chosen, "irn-x" + std::to_string(scale) + ".safetensors");
}

Outcome restore_small(const PentimentoEngine& engine, Restoration job, Pixels small, const Codes& hidden, int scale,
                      const WeightsFile& weights, PentimentoDevice device, int width, int height, const Babl* space) {
  job.method = "rescale-up";
  job.weights = weights.mark;
  job.options = run_options(device, {{"scale", static_cast<double>(scale), nullptr},
                                     {"weights", 0, weights.path.c_str()},
                                     {"width", static_cast<double>(width), nullptr},
                                     {"height", static_cast<double>(height), nullptr}});
  fill_hidden(&small, hidden);
  std::vector<Pixels> inputs;
  inputs.push_back(std::move(small));
  return run_engine(engine, job, inputs, width, height, space);
}

}  // namespace pentimento
