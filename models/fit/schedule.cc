// SPDX-License-Identifier: GPL-3.0-or-later
#include "fit/schedule.h"

#include <c10/core/impl/VirtualGuardImpl.h>

#include <algorithm>
#include <utility>

namespace pentimento {

namespace {

constexpr int64_t kWarmUp = 3;   // iterations before recording: libraries choose their kernels and set themselves up
constexpr int64_t kAtATime = 8;  // queued between two looks at a device that runs behind

}  // namespace

OwnStream::OwnStream(const torch::Device& device) {
  if (!device.is_cuda()) return;
  const c10::impl::VirtualGuardImpl gpu(device.type());
  gpu.synchronizeStream(gpu.getStream(device));
  guard_.emplace(gpu.getStreamFromGlobalPool(device));
}

OwnStream::~OwnStream() {
  if (!guard_) return;
  try {
    guard_->current_stream().synchronize();
  } catch (const std::exception&) {
    // A device that failed has said so already, where its work was queued.
  }
}

Schedule::Schedule(Step& step, std::unique_ptr<Graph> graph, const torch::Device& device, int64_t limit)
    : step_(step), graph_(std::move(graph)), device_(device), limit_(limit), runs_behind_(graph_ || !device.is_cpu()) {
  for (Letter& letter : letters_) {
    letter.numbers = torch::zeros(step.numbers().sizes(), torch::dtype(torch::kDouble).pinned_memory(!device.is_cpu()));
    if (!device.is_cpu()) letter.arrived.emplace(device.type());
  }
}

void Schedule::run_one() {
  const int64_t iteration = queued_++;
  if (recorded_) try {
      return graph_->replay();
    } catch (const std::exception&) {
      // What a recording needs beyond a plain run may be missing, memory for one.
      recorded_ = false;
      graph_.reset();
    }
  step_.run(iteration);
  if (!graph_ || queued_ != kWarmUp) return;
  try {
    graph_->record([this] { step_.run(queued_); }, step_.generator());
    recorded_ = true;
  } catch (const std::exception&) {
    graph_.reset();
  }
}

void Schedule::post(Letter& letter) {
  letter.numbers.copy_(step_.numbers(), /*non_blocking=*/true);
  if (letter.arrived) letter.arrived->record(c10::impl::VirtualGuardImpl(device_.type()).getStream(device_));
}

Status Schedule::advance() {
  const int64_t until = std::min(limit_, queued_ + (runs_behind_ ? kAtATime : 1));
  if (queued_ == until) return finish();
  while (queued_ < until) run_one();
  post(letters_[static_cast<size_t>(posted_++ % 2)]);
  Letter& newest = letters_[static_cast<size_t>((posted_ - 1) % 2)];
  Letter& before = letters_[static_cast<size_t>(posted_ % 2)];
  Letter& known = runs_behind_ ? before : newest;
  if (known.arrived && posted_ > 1) known.arrived->synchronize();
  return Step::status(known.numbers);
}

Status Schedule::finish() { return Step::status(step_.numbers().to(torch::kCPU)); }

}  // namespace pentimento
