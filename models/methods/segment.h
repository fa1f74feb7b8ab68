// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "methods/method.h"

namespace pentimento {

// Foreground and background told apart (Gandelsman et al. 2019, section 3).
torch::Tensor segment(Task& task);

}  // namespace pentimento
