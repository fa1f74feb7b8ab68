// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <c10/core/ScalarType.h>

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "errors.h"
#include "train/bytes.h"

namespace pentimento {

// A name that a pickle may mention. None is ever called; the unpickler knows what comes of it.
struct Known;
struct Sequence;

// Numbers that lie elsewhere in the checkpoint.
struct Storage {
  c10::ScalarType type;
  std::string_view key;
  int64_t count;
};

// A tensor made of such numbers.
struct View {
  Storage storage;
  int64_t offset;
  std::vector<int64_t> sizes, strides;
};

// Truth values are numbers. Texts are parts of the pickle.
using Value = std::variant<std::monostate, int64_t, std::string_view, const Known*, Storage, View, Sequence*>;

// What must be such a value.
template <typename Type>
const Type& as(const Value& value) {
  const Type* const held = std::get_if<Type>(&value);
  require(held != nullptr);
  return *held;
}

// A tuple, a list, or a dictionary: keys and values by turns.
struct Sequence {
  enum class Kind { kTuple, kList, kDictionary } kind;
  std::vector<Value> items;

  // In a dictionary; null where it is not.
  const Value* find(std::string_view key) const;
};

// The sentence that names what does not belong into a checkpoint of weights.
Error not_weights(std::string what);

// Understands of Python's pickles what a dictionary of tensors is made of, and refuses everything else. What it gives
// lives as long as itself and the bytes do.
class Unpickler {
 public:
  explicit Unpickler(Bytes bytes) : cursor_(bytes) {}

  // The next pickle. Throws Damaged, or an Error that names what does not belong here.
  Value next();
  // What stands behind it.
  Bytes rest() const { return cursor_.rest(); }

 private:
  bool step();
  bool push_plain(uint8_t opcode);
  bool remember_or_recall(uint8_t opcode);
  bool build(uint8_t opcode);

  void push(Value value) { stack_.push_back(std::move(value)); }
  Value pop();
  std::vector<Value> pop_to_mark();
  Sequence& top(Sequence::Kind kind);
  Value made(Sequence::Kind kind, std::vector<Value> items = {});
  Value named(std::string_view module, std::string_view name);
  std::string_view line();
  Value reduced();
  Value persistent();

  Cursor cursor_;
  int64_t steps_ = 0;
  std::vector<Value> stack_;
  std::vector<size_t> marks_;
  std::map<uint64_t, Value> memo_;
  std::deque<Sequence> sequences_;  // here, so that what is nested deeply goes without recursion
};

}  // namespace pentimento
