// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/zip.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace pentimento {

namespace {

// PKWARE's APPNOTE.TXT, 4.3. What is larger than 4 GB (Zip64) is no checkpoint.
constexpr uint32_t kEndMark = 0x06054b50, kEntryMark = 0x02014b50, kFileMark = 0x04034b50;
constexpr size_t kEndSize = 22;
constexpr uint16_t kCiphered = 1;

struct End {
  uint32_t mark;
  uint16_t disk, directory_disk, entries_here, entries;
  uint32_t directory_size, directory_offset;
  uint16_t comment_size;
} __attribute__((packed));
static_assert(sizeof(End) == kEndSize);

struct Entry {
  uint32_t mark;
  uint16_t made_by, needs, flags, method, time, date;
  uint32_t checksum, stored_size, size;
  uint16_t name_size, extra_size, comment_size, disk, inner;
  uint32_t outer, offset;
} __attribute__((packed));

// What stands before each file; its sizes may be left to the directory.
struct Front {
  uint32_t mark;
  uint16_t needs, flags, method, time, date;
  uint32_t checksum, stored_size, size;
  uint16_t name_size, extra_size;
} __attribute__((packed));

}  // namespace

std::map<std::string_view, Bytes> stored_files(Bytes archive) {
  require(archive.size() >= kEndSize);
  const End end = Cursor(archive.last(kEndSize)).number<End>();
  require(end.mark == kEndMark && end.disk == 0 && end.directory_disk == 0 && end.entries_here == end.entries &&
          end.comment_size == 0);
  Cursor directory(archive.first(archive.size() - kEndSize));
  const Bytes files = directory.take(end.directory_offset);
  directory = Cursor(directory.take(end.directory_size));

  std::map<std::string_view, Bytes> found;
  std::vector<std::pair<size_t, size_t>> places;
  for (int i = 0; i < end.entries; ++i) {
    const Entry entry = directory.number<Entry>();
    const std::string_view name = directory.text(entry.name_size);
    directory.take(entry.extra_size);
    directory.take(entry.comment_size);
    require(entry.mark == kEntryMark && entry.method == 0 && (entry.flags & kCiphered) == 0 &&
            entry.stored_size == entry.size && entry.disk == 0);
    Cursor file(files);
    file.take(entry.offset);
    const Front front = file.number<Front>();
    require(front.mark == kFileMark && front.method == 0 && file.text(front.name_size) == name);
    file.take(front.extra_size);
    require(found.emplace(name, file.take(entry.size)).second);
    places.emplace_back(entry.offset, files.size() - file.rest().size());
  }
  require(directory.rest().empty());
  std::sort(places.begin(), places.end());
  for (size_t i = 1; i < places.size(); ++i) require(places[i].first >= places[i - 1].second);
  return found;
}

}  // namespace pentimento
