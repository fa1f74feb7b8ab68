// SPDX-License-Identifier: GPL-3.0-or-later
#include "weights/header.h"

#include <c10/util/Exception.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

#include "weights/damaged.h"

namespace pentimento {

namespace {

constexpr size_t kMostTensors = 8192;
constexpr size_t kLongestName = 256;
constexpr size_t kMostSides = 8;
constexpr std::string_view kMetadata = "__metadata__";

constexpr std::array<std::pair<std::string_view, c10::ScalarType>, 5> kTypes = {
    {{"F32", c10::kFloat}, {"F16", c10::kHalf}, {"BF16", c10::kBFloat16}, {"U8", c10::kByte}, {"I64", c10::kLong}}};

void append_utf8(std::string& text, uint32_t code) {
  const auto add = [&text](uint32_t byte) { text += static_cast<char>(byte); };
  const auto rest = [&](int shift) { add(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) return add(code);
  if (code < 0x800) return add(0xC0 | (code >> 6)), rest(0);
  if (code < 0x10000) return add(0xE0 | (code >> 12)), rest(6), rest(0);
  add(0xF0 | (code >> 18)), rest(12), rest(6), rest(0);
}

// The JSON that a header may be made of: objects, strings, and numbers that count something.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Header header() {
    require(text_.starts_with('{'));
    Header header;
    members([&](const std::string& name) {
      if (name == kMetadata) return members([&](const std::string& key) { header.metadata[key] = string(); });
      require(name.size() <= kLongestName && header.tensors.size() < kMostTensors);
      header.tensors[name] = place();
    });
    require(text_.find_first_not_of(' ', at_) == std::string_view::npos);
    return header;
  }

 private:
  Place place() {
    Place place = {};
    int members_left = 3;
    members([&](const std::string& name) {
      --members_left;
      if (name == "dtype") {
        const std::string dtype = string();
        const auto type = std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& t) { return t.first == dtype; });
        require(type != kTypes.end());
        place.type = type->second;
      } else if (name == "shape") {
        place.shape = numbers();
      } else {
        require(name == "data_offsets");
        const std::vector<int64_t> offsets = numbers();
        require(offsets.size() == 2 && offsets[0] <= offsets[1]);
        place.begin = static_cast<uint64_t>(offsets[0]);
        place.end = static_cast<uint64_t>(offsets[1]);
      }
    });
    require(members_left == 0);  // none is there twice
    return place;
  }

  // Calls visit(name) where each member's value begins.
  template <typename Visit>
  void members(const Visit& visit) {
    std::set<std::string> seen;
    take('{');
    if (accept('}')) return;
    do {
      const std::string name = string();
      require(seen.insert(name).second);
      take(':');
      visit(name);
    } while (accept(','));
    take('}');
  }

  std::vector<int64_t> numbers() {
    std::vector<int64_t> numbers;
    take('[');
    if (accept(']')) return numbers;
    do {
      require(numbers.size() < kMostSides);
      numbers.push_back(number());
    } while (accept(','));
    take(']');
    return numbers;
  }

  int64_t number() {
    skip_space();
    require(at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9');
    int64_t number = 0;
    const char* const begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), number);
    require(error == std::errc() && (*begin != '0' || end == begin + 1));
    at_ += static_cast<size_t>(end - begin);
    return number;
  }

  std::string string() {
    take('"');
    std::string string;
    for (;;) {
      const uint8_t c = next();
      if (c == '"') return string;
      require(c >= 0x20);
      if (c == '\\')
        append_utf8(string, escape());
      else
        append_utf8(string, c < 0x80 ? c : multibyte(c));
    }
  }

  // What follows a backslash.
  uint32_t escape() {
    const char c = static_cast<char>(next());
    if (c == 'u') {
      const uint32_t code = hexadecimal();
      require(code != 0 && (code < 0xDC00 || code > 0xDFFF));
      if (code < 0xD800 || code > 0xDFFF) return code;
      require(next() == '\\' && next() == 'u');
      const uint32_t low = hexadecimal();
      require(low >= 0xDC00 && low <= 0xDFFF);
      return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    constexpr std::string_view kEscapes = "\"\\/bfnrt", kMeanings = "\"\\/\b\f\n\r\t";
    const size_t place = kEscapes.find(c);
    require(place != std::string_view::npos);
    return static_cast<uint32_t>(kMeanings[place]);
  }

  uint32_t hexadecimal() {
    uint32_t code = 0;
    require(text_.size() - at_ >= 4);
    const char* const begin = text_.data() + at_;
    require(std::from_chars(begin, begin + 4, code, 16).ptr == begin + 4);
    at_ += 4;
    return code;
  }

  // A character of UTF-8 that begins with `first`, in its shortest form.
  uint32_t multibyte(uint8_t first) {
    require(first >= 0xC2 && first <= 0xF4);
    const int more = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
    uint32_t code = first & (0x3Fu >> more);
    for (int i = 0; i < more; ++i) {
      const uint8_t c = next();
      require((c & 0xC0) == 0x80);
      code = code << 6 | (c & 0x3F);
    }
    require(code >= (more == 1 ? 0x80u : more == 2 ? 0x800u : 0x10000u) && code <= 0x10FFFF);
    require(code < 0xD800 || code > 0xDFFF);
    return code;
  }

  uint8_t next() {
    require(at_ < text_.size());
    return static_cast<uint8_t>(text_[at_++]);
  }

  void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\n\r", at_), text_.size()); }

  bool accept(char c) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void take(char c) { require(accept(c)); }

  std::string_view text_;
  size_t at_ = 0;
};

// Its shape's size in bytes is the size of its place.
bool fits(const Place& place) {
  // Sides of nothing count as one here: LibTorch multiplies the others.
  uint64_t bytes = c10::elementSize(place.type);
  bool empty = false;
  for (const int64_t side : place.shape) {
    empty = empty || side == 0;
    if (__builtin_mul_overflow(bytes, static_cast<uint64_t>(std::max<int64_t>(side, 1)), &bytes)) return false;
  }
  return bytes <= INT64_MAX && place.end - place.begin == (empty ? 0 : bytes);
}

std::string quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<uint8_t>(c) >= 0x20)
      quoted += c;
    else
      quoted += {'\\', 'u', '0', '0', kDigits[static_cast<size_t>(c) >> 4], kDigits[c & 15]};
  }
  return quoted + '"';
}

std::string listed(const auto& numbers) {
  std::string list;
  for (const auto number : numbers) list += (list.empty() ? "" : ",") + std::to_string(number);
  return '[' + list + ']';
}

}  // namespace

Header parse_header(std::string_view json, uint64_t data_size) {
  Header header = Parser(json).header();
  std::vector<std::pair<uint64_t, uint64_t>> places;
  for (const auto& [name, place] : header.tensors) {
    require(fits(place));
    places.emplace_back(place.begin, place.end);
  }
  std::sort(places.begin(), places.end());
  uint64_t end = 0;
  for (const auto& place : places) {
    require(place.first == end);
    end = place.second;
  }
  require(end == data_size);
  return header;
}

std::string header_text(const Header& header) {
  std::string metadata;
  for (const auto& [key, value] : header.metadata)
    metadata += (metadata.empty() ? "" : ",") + quoted(key) + ':' + quoted(value);
  std::string text = '{' + quoted(std::string(kMetadata)) + ":{" + metadata + '}';
  for (const auto& [name, place] : header.tensors) {
    const auto type = std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& t) { return t.second == place.type; });
    TORCH_CHECK(type != kTypes.end(), name, " has a type that a weights file cannot hold");
    text += ',' + quoted(name) + ":{\"dtype\":\"" + std::string(type->first) + "\",\"shape\":" + listed(place.shape) +
            ",\"data_offsets\":" + listed(std::array{place.begin, place.end}) + '}';
  }
  return text + '}';
}

}  // namespace pentimento
