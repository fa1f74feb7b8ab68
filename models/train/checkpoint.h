// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <map>
#include <string>

#include "train/bytes.h"

namespace pentimento {

// The tensors of a state_dict that PyTorch saved (torch.save), by name: as a zip archive (since 1.6) or in the older
// format. `name` is for the sentence to the user. No code of the file runs, and no more memory is taken than it has
// bytes.
std::map<std::string, torch::Tensor> read_checkpoint(Bytes file, const std::string& name);

}  // namespace pentimento
