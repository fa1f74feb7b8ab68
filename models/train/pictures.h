// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

namespace pentimento {

struct Picture {
  std::string name;     // of its file, without folders
  torch::Tensor bytes;  // 3 x H x W, R'G'B' in 8 bits
};

// All pictures of the places, which are pictures, folders of them and packed files (.safetensors), in order and by name
// within a folder, without those called as in `leave_out`. PNM files always; others where this build has gdk-pixbuf.
// Throws std::runtime_error: nothing there, a file that cannot be read, a name to leave out that does not occur.
std::vector<Picture> read_pictures(const std::vector<std::string>& places,
                                   const std::vector<std::string>& leave_out = {});

// N x 3 x H x W in 0..1 of one or many in bytes.
inline torch::Tensor to_unit(const torch::Tensor& bytes) { return bytes.to(torch::kFloat) / 255; }

// The picture shrunk by area means until its shorter side has `side` pixels; itself where it has no more.
Picture shrunk(const Picture& picture, int64_t side);

}  // namespace pentimento
