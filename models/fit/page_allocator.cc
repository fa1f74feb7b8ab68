// SPDX-License-Identifier: GPL-3.0-or-later
#include "fit/page_allocator.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

namespace pentimento {

namespace {

constexpr size_t kAlignment = 64;  // a cache line, and what vector loads want
constexpr size_t kPage = 4096, kHugePage = size_t{2} << 20;
constexpr size_t kLarge = kHugePage / 2;  // smaller tensors are malloc's business

// Stands in front of every block.
struct alignas(kAlignment) Header {
  size_t size;  // of the block, header included
};

// std::aligned_alloc wants sizes that are multiples of the alignment.
void* aligned(size_t alignment, size_t size) {
  void* block = nullptr;
  return posix_memalign(&block, alignment, size) == 0 ? block : nullptr;
}

class PageAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t bytes) override {
    if (bytes == 0) return {nullptr, nullptr, &free_block, c10::Device(c10::kCPU)};
    void* data = take(bytes);
    return {data, data, &free_block, c10::Device(c10::kCPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &free_block; }
  void copy_data(void* to, const void* from, size_t bytes) const override { std::memcpy(to, from, bytes); }

  void release() {
    const std::lock_guard lock(mutex_);
    for (const auto& [size, block] : kept_) std::free(block);
    kept_.clear();
  }

 private:
  void* take(size_t bytes) {
    const bool large = bytes >= kLarge;
    const size_t unit = large ? kPage : kAlignment, alignment = large ? kHugePage : kAlignment;
    TORCH_CHECK(bytes < SIZE_MAX / 2, "cannot allocate memory: ", bytes, " bytes");
    size_t size = (bytes + sizeof(Header) + unit - 1) / unit * unit;
    void* block = large ? take_kept(size) : nullptr;
    if (!block) block = aligned(alignment, size);
    if (!block) {
      release();
      block = aligned(alignment, size);
    }
    TORCH_CHECK(block, "cannot allocate memory: ", bytes, " bytes");
    // A wish; without it everything works, slower. The header makes many a block a little longer than its huge pages:
    // another one for that little would cost 2 MiB.
    if (large) madvise(block, size / kHugePage * kHugePage, MADV_HUGEPAGE);
    auto* header = new (block) Header{size};
    return header + 1;
  }

  // A kept block of `size` bytes or a little more, which `size` then is: padded and plain tensors share theirs.
  void* take_kept(size_t& size) {
    const std::lock_guard lock(mutex_);
    const auto found = kept_.lower_bound(size);
    if (found == kept_.end() || found->first > size + size / 16) return nullptr;
    size = found->first;
    void* block = found->second;
    kept_.erase(found);
    return block;
  }

  static void free_block(void* data);

  std::mutex mutex_;
  std::multimap<size_t, void*> kept_;
};

// Never destroyed: tensors may outlive every other object of the process.
PageAllocator& allocator() {
  static auto* a = new PageAllocator;
  return *a;
}

void PageAllocator::free_block(void* data) {
  if (!data) return;
  Header* header = static_cast<Header*>(data) - 1;
  if (header->size < kLarge) {
    std::free(header);
    return;
  }
  PageAllocator& a = allocator();
  const std::lock_guard lock(a.mutex_);
  a.kept_.emplace(header->size, header);
}

}  // namespace

void install_page_allocator() {
  // A higher priority than LibTorch's own, so that nothing puts that back.
  c10::SetCPUAllocator(&allocator(), /*priority=*/100);
}

void release_pages() { allocator().release(); }

}  // namespace pentimento
