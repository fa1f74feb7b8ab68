// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <functional>
#include <string>
#include <vector>

#include "methods/method.h"

namespace pentimento {

// What tells one fit from another: all that its result depends on. `own`: the method and the settings that are its own.
std::string fit_key(const FitSettings& settings, const std::vector<torch::Tensor>& pictures, const std::string& own);

// What `fit` returns, or what it returned when it was last asked for with the same pictures, quality, iterations, seed
// and `own` settings: so that an option which only concerns the last step (a strength, an amount) does not fit again.
// The newest fit alone is kept, and none that was stopped by the user. On the engine's worker thread only.
torch::Tensor remembered(const Task& task, const FitSettings& settings, const std::vector<torch::Tensor>& pictures,
                         const std::string& own, const std::function<torch::Tensor()>& fit);

}  // namespace pentimento
