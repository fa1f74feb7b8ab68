// SPDX-License-Identifier: GPL-3.0-or-later
// Finished results of the whole process. GIMP evaluates a filter again on export, merge and reload, and several nodes
// may want parts of one decomposition: none of them should fit again.
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "pixels.h"

namespace pentimento {

// A number that a run measured; its name says what of, level by level: "bands.0.retained".
struct Figure {
  std::string name;
  double value;
};

// Least recently used first out; all calls are thread-safe.
class ResultCache {
 public:
  struct Result {
    std::shared_ptr<const Pixels> pixels;  // NULL: failed or cancelled, never kept
    std::string notice;
    // Stopped by the caller before its end. Such a result is what its user accepted, so nodes that only pass by take
    // it; but who watches a run ("Restore" pressed again) means to fit anew.
    bool early = false;
    std::vector<Figure> figures = {};
  };

  // Keeps up to `bytes`; the newest result stays even if it alone is larger, for it took the longest to make.
  explicit ResultCache(size_t bytes) : bytes_(bytes) {}

  // The kept result of `key`, else what compute() returns, kept if it has pixels. When another thread computes the same
  // key, waits for that one; if it comes to nothing, computes itself. keep_waiting() is asked a few times a second and
  // ends the wait, without a result, by false. compute() and keep_waiting() are called without a lock held.
  Result find_or_compute(const std::string& key, bool take_early, const std::function<Result()>& compute,
                         const std::function<bool()>& keep_waiting);

 private:
  struct Entry {
    std::string key;
    Result result;
  };

  const Result* find(const std::string& key, bool take_early);
  void keep(const std::string& key, const Result& result);

  const size_t bytes_;
  size_t used_ = 0;
  std::list<Entry> entries_;  // the most recently used first
  std::list<std::string> in_work_;
  std::mutex mutex_;
  std::condition_variable finished_;
};

}  // namespace pentimento
