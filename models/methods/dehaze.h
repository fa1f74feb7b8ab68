// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "methods/method.h"

namespace pentimento {

// Dehazing after Double-DIP (Gandelsman et al. 2019, section 5): I = t J + (1 - t) A.
torch::Tensor dehaze(Task& task);

}  // namespace pentimento
