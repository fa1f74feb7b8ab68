// SPDX-License-Identifier: GPL-3.0-or-later
#include "result_cache.h"

#include <algorithm>
#include <chrono>

namespace pentimento {

const ResultCache::Result* ResultCache::find(const std::string& key, bool take_early) {
  auto found = std::ranges::find(entries_, key, &Entry::key);
  if (found == entries_.end() || (found->result.early && !take_early)) return nullptr;
  entries_.splice(entries_.begin(), entries_, found);
  return &entries_.front().result;
}

void ResultCache::keep(const std::string& key, const Result& result) {
  if (auto old = std::ranges::find(entries_, key, &Entry::key); old != entries_.end()) {
    used_ -= old->result.pixels->bytes();
    entries_.erase(old);
  }
  entries_.push_front({key, result});
  used_ += result.pixels->bytes();
  while (used_ > bytes_ && entries_.size() > 1) {
    used_ -= entries_.back().result.pixels->bytes();
    entries_.pop_back();
  }
}

ResultCache::Result ResultCache::find_or_compute(const std::string& key, bool take_early,
                                                 const std::function<Result()>& compute,
                                                 const std::function<bool()>& keep_waiting) {
  std::unique_lock lock(mutex_);
  for (;;) {
    if (const Result* found = find(key, take_early)) return *found;
    if (std::ranges::find(in_work_, key) == in_work_.end()) break;
    finished_.wait_for(lock, std::chrono::milliseconds(100));
    lock.unlock();
    if (!keep_waiting()) return {};
    lock.lock();
  }

  const auto mine = in_work_.insert(in_work_.end(), key);
  auto end_work = [&] {
    in_work_.erase(mine);
    finished_.notify_all();
  };
  lock.unlock();
  Result result;
  try {
    result = compute();
  } catch (...) {
    lock.lock();
    end_work();
    throw;
  }
  lock.lock();
  end_work();
  if (result.pixels) keep(key, result);
  return result;
}

}  // namespace pentimento
