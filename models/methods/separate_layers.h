// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "methods/method.h"

namespace pentimento {

// Transparent layers told apart (Gandelsman et al. 2019, section 4).
torch::Tensor separate_layers(Task& task);

}  // namespace pentimento
