// SPDX-License-Identifier: GPL-3.0-or-later
// The exchange with the engine: what goes there, what comes back, and that nothing is computed twice.
#pragma once

#include <string>
#include <vector>

#include "pixels.h"
#include "restoration.h"
#include "result_cache.h"

namespace pentimento {

struct Outcome {
  ResultCache::Result result;  // without pixels after a failure or a cancel
  std::string error;           // empty after a cancel

  void add_notice(const std::string& sentence) { result.notice += (result.notice.empty() ? "" : " ") + sentence; }
};

// The engine, for a run on this thread. NULL if there is none, or if this thread is inside a run already: a handler of
// the "estimate" signal that evaluates another node would wait for itself. `error` is then one sentence.
const PentimentoEngine* engine_for_run(std::string* error);

// Runs job.method on `inputs`, R'G'B' in `space` but for masks; the result is `width` x `height` with three channels.
// Throws std::bad_alloc.
Outcome run_engine(const PentimentoEngine& engine, const Restoration& job, std::vector<Pixels>& inputs, int width,
                   int height, const Babl* space);

// The sentence for std::bad_alloc.
std::string out_of_memory();

}  // namespace pentimento
