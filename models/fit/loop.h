// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>

#include "fit/cuda.h"
#include "fit/graph.h"
#include "fit/monitor.h"
#include "fit/problem.h"

namespace pentimento {

struct FitResult {
  torch::Tensor estimate;  // the averaged estimate, at the iteration that early stopping chose if it did
  int64_t iterations = 0;  // done
  int64_t backtracks = 0;  // times the guard took a diverging step back
  double loss = 0;         // of the last iteration
};

// Makes a reportable estimate (of the whole picture, say) of the problem's current one. Called only when one is due.
using Show = std::function<torch::Tensor(const torch::Tensor& estimate)>;

// The one loop of Deep Image Prior and Double-DIP: lowers problem.loss with Adam. Every step is announced to `monitor`,
// which must have been told to expect them. Throws Cancelled; returns early when asked to keep.
// Where `graph` makes one and the problem is replayable, an iteration is recorded once and replayed.
FitResult fit(const Problem& problem, const Recipe& recipe, Monitor& monitor, const Show& show,
              const MakeGraph& graph = make_graph);

}  // namespace pentimento
