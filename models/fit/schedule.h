// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <c10/core/Event.h>
#include <c10/core/StreamGuard.h>
#include <torch/torch.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "fit/graph.h"
#include "fit/step.h"

namespace pentimento {

// Makes a GPU's work go to a stream of its own, as recording demands; on other devices it does nothing.
class OwnStream {
 public:
  explicit OwnStream(const torch::Device& device);
  OwnStream(const OwnStream&) = delete;
  ~OwnStream();

 private:
  std::optional<c10::StreamGuard> guard_;
};

// Has a step run over and over. On a CPU one by one, each finished when advance() returns. On a device that works
// through a queue several at a time, from a graph as soon as one is recorded, and what is known of them is one
// advance() old, so that the device never waits for the host.
class Schedule {
 public:
  // `graph`: nullptr if there is none. `limit`: iterations at most.
  Schedule(Step& step, std::unique_ptr<Graph> graph, const torch::Device& device, int64_t limit);

  // Queues the next iterations, up to the limit, and tells what is known now: progress is made with every call.
  Status advance();
  // Waits for all that was queued.
  Status finish();

 private:
  // The step's numbers on their way to the host.
  struct Letter {
    torch::Tensor numbers;
    std::optional<c10::Event> arrived;
  };
  void run_one();
  void post(Letter& letter);

  Step& step_;
  std::unique_ptr<Graph> graph_;
  torch::Device device_;
  int64_t limit_, queued_ = 0;
  bool runs_behind_, recorded_ = false;
  std::array<Letter, 2> letters_;
  int64_t posted_ = 0;
};

}  // namespace pentimento
