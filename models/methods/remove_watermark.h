// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "methods/method.h"

namespace pentimento {

// Watermark removal (Gandelsman et al. 2019, section 6).
torch::Tensor remove_watermark(Task& task);

}  // namespace pentimento
