// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <functional>
#include <memory>

namespace pentimento {

// What a device is told to do, recorded once and done again without the host's part: a CUDA graph; in tests a stand-in.
class Graph {
 public:
  virtual ~Graph() = default;
  // Records what `work` queues on the current stream, without doing it. `work` does the same every time, never looks at
  // a value on the device, and has run a few times before, so that nothing is chosen or set up any more. `generator`
  // (may be undefined) is where it draws numbers: every replay draws new ones. Throws where the device cannot record
  // it; then `work` can still be run.
  virtual void record(const std::function<void()>& work, at::Generator generator) = 0;
  // Queues it once more. Throws if that fails.
  virtual void replay() = 0;
};

using MakeGraph = std::function<std::unique_ptr<Graph>(const torch::Device&)>;

}  // namespace pentimento
