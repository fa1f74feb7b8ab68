// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "train/trainer.h"

namespace pentimento {

// The network to begin with: of `blocks` a level, one level for each halving, with what the weights file `resume` has
// of it (empty: nothing). One number of blocks is for all levels; none: as in the file, else 8. Throws
// std::runtime_error where the file has more than that.
std::shared_ptr<Rescaling> first_network(int64_t scale, std::vector<int64_t> blocks, const std::string& resume);

// The averaged weights; beside them, in weights.state.safetensors, what the trainer needs to go on, and the seconds it
// took so far. Where the training is done nothing stays beside them.
void save(const std::string& weights, const Trainer& trainer, double seconds, bool done);

// Goes on from where save() was; 0, and nothing changed, where there is no state beside the weights or it belongs to
// another network. Returns the seconds.
double resume(const std::string& weights, Trainer& trainer);

}  // namespace pentimento
