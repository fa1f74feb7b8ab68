// SPDX-License-Identifier: GPL-3.0-or-later
#include "result_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

using pentimento::Pixels;
using pentimento::ResultCache;

namespace {

constexpr size_t kOne = 4 * 4 * 3 * sizeof(float);  // bytes of one result below

ResultCache::Result result(bool early = false) { return {std::make_shared<Pixels>(4, 4, 3), "", early}; }

// Asks for `key`; true if it had to be computed.
bool computes(ResultCache& cache, const std::string& key) {
  bool computed = false;
  cache.find_or_compute(key, true, [&] { return computed = true, result(); }, [] { return true; });
  return computed;
}

TEST(ResultCache, ForgetsTheLeastRecentlyUsed) {
  ResultCache cache(3 * kOne);
  for (const char* key : {"a", "b", "c"}) EXPECT_TRUE(computes(cache, key));
  EXPECT_FALSE(computes(cache, "a"));  // now "b" is the oldest
  EXPECT_TRUE(computes(cache, "d"));
  EXPECT_FALSE(computes(cache, "a"));
  EXPECT_FALSE(computes(cache, "c"));
  EXPECT_FALSE(computes(cache, "d"));
  EXPECT_TRUE(computes(cache, "b"));
}

TEST(ResultCache, KeepsTheNewestHoweverLarge) {
  ResultCache cache(kOne / 2);
  EXPECT_TRUE(computes(cache, "a"));
  EXPECT_FALSE(computes(cache, "a"));
  EXPECT_TRUE(computes(cache, "b"));
  EXPECT_TRUE(computes(cache, "a"));
}

TEST(ResultCache, ReplacesAnEarlyResult) {
  ResultCache cache(8 * kOne);
  auto wait = [] { return true; };
  auto early = [] { return result(true); };
  auto full = [] { return result(); };
  EXPECT_TRUE(cache.find_or_compute("a", false, early, wait).early);
  EXPECT_TRUE(cache.find_or_compute("a", true, full, wait).early);
  EXPECT_FALSE(cache.find_or_compute("a", false, full, wait).early);
  EXPECT_FALSE(cache.find_or_compute("a", true, early, wait).early);
}

TEST(ResultCache, KeepsNoFailure) {
  ResultCache cache(8 * kOne);
  auto wait = [] { return true; };
  EXPECT_FALSE(cache.find_or_compute("a", true, [] { return ResultCache::Result(); }, wait).pixels);
  EXPECT_THROW(cache.find_or_compute(
                   "a", true, []() -> ResultCache::Result { throw std::runtime_error("no"); }, wait),
               std::runtime_error);
  EXPECT_TRUE(computes(cache, "a"));
}

TEST(ResultCache, WhoWaitedForAFailureComputesItself) {
  ResultCache cache(8 * kOne);
  std::atomic<bool> in_work = false, waiting = false;
  std::thread first([&] {
    cache.find_or_compute(
        "a", true,
        [&] {
          in_work = true;
          while (!waiting) std::this_thread::yield();
          return ResultCache::Result();
        },
        [] { return true; });
  });
  while (!in_work) std::this_thread::yield();
  bool computed = false;
  auto got =
      cache.find_or_compute("a", true, [&] { return computed = true, result(); }, [&] { return waiting = true, true; });
  first.join();
  EXPECT_TRUE(computed);
  EXPECT_TRUE(got.pixels);
}

TEST(ResultCache, ComputesEachKeyOnceUnderContention) {
  ResultCache cache(1000 * kOne);
  std::atomic<int> computed = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int k = 0; k < 200; ++k) {
        cache.find_or_compute(std::to_string(k), true, [&] { return ++computed, result(); }, [] { return true; });
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(computed, 200);
}

TEST(Pixels, RefusesWhatMemoryCannotHold) {
  EXPECT_THROW(Pixels(1 << 24, 1 << 24, 3), std::bad_alloc);                 // 3 PB
  EXPECT_THROW(Pixels(2147483647, 2147483647, 2147483647), std::bad_alloc);  // more bytes than a size_t counts
}

}  // namespace
