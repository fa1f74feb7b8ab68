// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/separate_layers.h"

#include "methods/decomposition.h"

namespace pentimento {

torch::Tensor separate_layers(Task& task) { return task.inputs.at(0); }

}  // namespace pentimento
