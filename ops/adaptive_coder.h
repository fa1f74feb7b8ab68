// SPDX-License-Identifier: GPL-3.0-or-later
// Adaptive binary arithmetic coding: a bit costs the less the better those before it, in the same context, foretold it.
// (The range coder of LZMA: G. N. N. Martin, "Range encoding", 1979, on bits.)
#pragma once

#include <glib.h>

#include <string>
#include <string_view>

namespace pentimento {

// How probable a 0 is, out of 65536; it never reaches either end.
class BitModel {
 public:
  guint32 zero() const { return zero_; }
  void learn(bool bit) { zero_ = static_cast<guint16>(bit ? zero_ - (zero_ >> 5) : zero_ + ((65536 - zero_) >> 5)); }

 private:
  guint16 zero_ = 32768;
};

class BitEncoder {
 public:
  void write(BitModel& model, bool bit) {
    const guint32 bound = (range_ >> 16) * model.zero();
    if (bit) low_ += bound;
    range_ = bit ? range_ - bound : bound;
    model.learn(bit);
    for (; range_ < kLeast; range_ <<= 8) shift();
  }

  std::string finish() {
    for (int i = 0; i < 5; ++i) shift();
    return std::move(bytes_);
  }

 private:
  static constexpr guint32 kLeast = 1 << 24;

  // Bytes wait while a carry could still run through them.
  void shift() {
    const bool carry = low_ >> 32;
    if (carry || low_ < 0xff000000) {
      bytes_ += static_cast<char>(first_ + carry);
      bytes_.append(waiting_, static_cast<char>(carry ? 0x00 : 0xff));
      waiting_ = 0;
      first_ = static_cast<guint8>(low_ >> 24);
    } else {
      ++waiting_;
    }
    low_ = (low_ & 0x00ffffff) << 8;
  }

  std::string bytes_;
  guint64 low_ = 0;
  guint32 range_ = 0xffffffff;
  guint8 first_ = 0;
  gsize waiting_ = 0;
};

class BitDecoder {
 public:
  explicit BitDecoder(std::string_view bytes) : bytes_(bytes) {
    for (int i = 0; i < 5; ++i) code_ = code_ << 8 | next();
  }

  bool read(BitModel& model) {
    const guint32 bound = (range_ >> 16) * model.zero();
    const bool bit = code_ >= bound;
    if (bit) code_ -= bound;
    range_ = bit ? range_ - bound : bound;
    model.learn(bit);
    for (; range_ < kLeast; range_ <<= 8) code_ = code_ << 8 | next();
    return bit;
  }

  // True where exactly what the encoder wrote has been read.
  bool at_end() const { return read_ == bytes_.size(); }

 private:
  static constexpr guint32 kLeast = 1 << 24;

  guint8 next() {  // zeros, beyond the end
    const gsize i = read_++;
    return i < bytes_.size() ? static_cast<guint8>(bytes_[i]) : 0;
  }

  std::string_view bytes_;
  gsize read_ = 0;
  guint32 code_ = 0, range_ = 0xffffffff;
};

}  // namespace pentimento
