// SPDX-License-Identifier: GPL-3.0-or-later
// LibTorch's headers take some 17 seconds to read: once for all files is enough.
#include <torch/torch.h>
