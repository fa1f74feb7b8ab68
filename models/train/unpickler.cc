// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/unpickler.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>

namespace pentimento {

// The whole list of what may be named.
struct Known {
  enum class Kind { kOrderedDict, kTensor, kParameter, kStorage } kind;
  std::string_view module, name;
  c10::ScalarType type = c10::kFloat;  // of a storage
};

namespace {

using Kind = Sequence::Kind;

constexpr std::array kKnown = {Known{Known::Kind::kOrderedDict, "collections", "OrderedDict"},
                               Known{Known::Kind::kTensor, "torch._utils", "_rebuild_tensor_v2"},
                               Known{Known::Kind::kParameter, "torch._utils", "_rebuild_parameter"},
                               Known{Known::Kind::kStorage, "torch", "FloatStorage", c10::kFloat},
                               Known{Known::Kind::kStorage, "torch", "HalfStorage", c10::kHalf},
                               Known{Known::Kind::kStorage, "torch", "DoubleStorage", c10::kDouble},
                               Known{Known::Kind::kStorage, "torch", "LongStorage", c10::kLong}};

constexpr int64_t kMostSteps = 1 << 18;  // those of a checkpoint for x8 are some 20,000
constexpr size_t kMostSides = 8;

// Python's pickletools.py describes them.
enum Opcode : uint8_t {
  kProto = 0x80,
  kFrame = 0x95,
  kStop = '.',
  kMark = '(',
  kNone = 'N',
  kNewTrue = 0x88,
  kNewFalse = 0x89,
  kBinInt = 'J',
  kBinInt1 = 'K',
  kBinInt2 = 'M',
  kLong1 = 0x8a,
  kBinUnicode = 'X',
  kShortBinUnicode = 0x8c,
  kBinPut = 'q',
  kLongBinPut = 'r',
  kMemoize = 0x94,
  kBinGet = 'h',
  kLongBinGet = 'j',
  kEmptyTuple = ')',
  kTuple1 = 0x85,
  kTuple2 = 0x86,
  kTuple3 = 0x87,
  kTuple = 't',
  kEmptyList = ']',
  kAppend = 'a',
  kAppends = 'e',
  kEmptyDict = '}',
  kSetItem = 's',
  kSetItems = 'u',
  kGlobal = 'c',
  kStackGlobal = 0x93,
  kBinPersId = 'Q',
  kReduce = 'R',
  kBuild = 'b',
};

const std::vector<Value>& tuple(const Value& value, size_t least) {
  const Sequence* const sequence = as<Sequence*>(value);
  require(sequence->kind == Kind::kTuple && sequence->items.size() >= least);
  return sequence->items;
}

std::vector<int64_t> numbers(const Value& value) {
  const std::vector<Value>& items = tuple(value, 0);
  require(items.size() <= kMostSides);
  std::vector<int64_t> numbers;
  for (const Value& item : items) numbers.push_back(as<int64_t>(item));
  return numbers;
}

}  // namespace

Error not_weights(std::string what) {
  if (what.size() > 80) what.resize(80);
  std::ranges::replace_if(what, [](char c) { return c < ' ' || c > '~'; }, '?');
  return {PENTIMENTO_BAD_INPUT, format("The checkpoint holds something else than weights (%s) and was not imported: "
                                       "choose one that holds a network's state_dict alone.",
                                       std::as_const(what))};
}

const Value* Sequence::find(std::string_view key) const {
  for (size_t i = 0; i + 1 < items.size(); i += 2)
    if (const auto* const text = std::get_if<std::string_view>(&items[i]); text && *text == key) return &items[i + 1];
  return nullptr;
}

Value Unpickler::next() {
  stack_.clear();
  marks_.clear();
  memo_.clear();
  while (step()) require(++steps_ < kMostSteps);
  require(stack_.size() == 1 && marks_.empty());
  return pop();
}

// False where the pickle ends.
bool Unpickler::step() {
  const auto opcode = cursor_.number<uint8_t>();
  if (opcode == kStop) return false;
  if (push_plain(opcode) || remember_or_recall(opcode) || build(opcode)) return true;
  constexpr std::string_view kDigits = "0123456789abcdef";
  throw not_weights(std::string("opcode 0x") + kDigits[opcode >> 4] + kDigits[opcode & 15]);
}

bool Unpickler::push_plain(uint8_t opcode) {
  switch (opcode) {
    case kProto:
      require(cursor_.number<uint8_t>() <= 5);
      return true;
    case kFrame:
      require(cursor_.number<uint64_t>() <= cursor_.rest().size());
      return true;
    case kMark:
      marks_.push_back(stack_.size());
      return true;
    case kNone:
      push({});
      return true;
    case kNewTrue:
    case kNewFalse:
      push(int64_t{opcode == kNewTrue});
      return true;
    case kBinInt:
      push(int64_t{cursor_.number<int32_t>()});
      return true;
    case kBinInt1:
      push(int64_t{cursor_.number<uint8_t>()});
      return true;
    case kBinInt2:
      push(int64_t{cursor_.number<uint16_t>()});
      return true;
    case kLong1: {
      const std::string_view digits = cursor_.text(cursor_.number<uint8_t>());
      require(digits.size() <= sizeof(int64_t));
      // Two's complement; the last byte has the sign.
      uint64_t number = !digits.empty() && digits.back() < 0 ? ~uint64_t{0} : 0;
      for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit)
        number = number << 8 | static_cast<uint8_t>(*digit);
      push(static_cast<int64_t>(number));
      return true;
    }
    case kBinUnicode:
      push(cursor_.text(cursor_.number<uint32_t>()));
      return true;
    case kShortBinUnicode:
      push(cursor_.text(cursor_.number<uint8_t>()));
      return true;
    default:
      return false;
  }
}

bool Unpickler::remember_or_recall(uint8_t opcode) {
  const auto remember = [this](uint64_t key) {
    require(!stack_.empty());
    memo_[key] = stack_.back();
    return true;
  };
  const auto recall = [this](uint64_t key) {
    const auto found = memo_.find(key);
    require(found != memo_.end());
    push(found->second);
    return true;
  };
  switch (opcode) {
    case kBinPut:
      return remember(cursor_.number<uint8_t>());
    case kLongBinPut:
      return remember(cursor_.number<uint32_t>());
    case kMemoize:
      return remember(memo_.size());
    case kBinGet:
      return recall(cursor_.number<uint8_t>());
    case kLongBinGet:
      return recall(cursor_.number<uint32_t>());
    default:
      return false;
  }
}

bool Unpickler::build(uint8_t opcode) {
  // Puts the last `count` values, or those since the mark, into the list or dictionary below them.
  const auto put = [this](Kind kind, std::vector<Value> items) {
    require(kind != Kind::kDictionary || items.size() % 2 == 0);
    std::vector<Value>& all = top(kind).items;
    std::ranges::move(items, std::back_inserter(all));
    return true;
  };
  const auto last = [this](size_t count) {
    std::vector<Value> items(count);
    for (size_t i = count; i-- > 0;) items[i] = pop();
    return items;
  };
  switch (opcode) {
    case kEmptyTuple:
      push(made(Kind::kTuple));
      return true;
    case kTuple1:
    case kTuple2:
    case kTuple3:
      push(made(Kind::kTuple, last(opcode - kTuple1 + 1u)));
      return true;
    case kTuple:
      push(made(Kind::kTuple, pop_to_mark()));
      return true;
    case kEmptyList:
      push(made(Kind::kList));
      return true;
    case kEmptyDict:
      push(made(Kind::kDictionary));
      return true;
    case kAppend:
      return put(Kind::kList, last(1));
    case kAppends:
      return put(Kind::kList, pop_to_mark());
    case kSetItem:
      return put(Kind::kDictionary, last(2));
    case kSetItems:
      return put(Kind::kDictionary, pop_to_mark());
    case kGlobal: {
      const std::string_view module = line();
      push(named(module, line()));
      return true;
    }
    case kStackGlobal: {
      const Value name = pop(), module = pop();
      push(named(as<std::string_view>(module), as<std::string_view>(name)));
      return true;
    }
    case kBinPersId:
      push(persistent());
      return true;
    case kReduce:
      push(reduced());
      return true;
    case kBuild:
      // An OrderedDict's attributes: the versions of modules, which change nothing here.
      pop();
      top(Kind::kDictionary);
      return true;
    default:
      return false;
  }
}

Value Unpickler::pop() {
  require(stack_.size() > (marks_.empty() ? 0 : marks_.back()));
  Value value = std::move(stack_.back());
  stack_.pop_back();
  return value;
}

std::vector<Value> Unpickler::pop_to_mark() {
  require(!marks_.empty());
  const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  std::vector<Value> items(std::make_move_iterator(begin), std::make_move_iterator(stack_.end()));
  stack_.erase(begin, stack_.end());
  marks_.pop_back();
  return items;
}

Sequence& Unpickler::top(Kind kind) {
  require(!stack_.empty());
  Sequence* const sequence = as<Sequence*>(stack_.back());
  require(sequence->kind == kind);
  return *sequence;
}

Value Unpickler::made(Kind kind, std::vector<Value> items) {
  return &sequences_.emplace_back(Sequence{kind, std::move(items)});
}

std::string_view Unpickler::line() {
  const Bytes rest = cursor_.rest();
  const auto end = std::ranges::find(rest, std::byte{'\n'});
  require(end != rest.end());
  const std::string_view line = cursor_.text(static_cast<size_t>(end - rest.begin()));
  cursor_.take(1);
  return line;
}

Value Unpickler::named(std::string_view module, std::string_view name) {
  for (const Known& known : kKnown)
    if (known.module == module && known.name == name) return &known;
  throw not_weights(std::string(module.substr(0, 40)) + '.' + std::string(name.substr(0, 40)));
}

// What Python would call, with which arguments.
Value Unpickler::reduced() {
  const Value arguments = pop(), callable = pop();
  const std::vector<Value>& given = tuple(arguments, 0);
  switch (as<const Known*>(callable)->kind) {
    case Known::Kind::kOrderedDict:
      require(given.empty());
      return made(Kind::kDictionary);
    case Known::Kind::kTensor:
      // Whether it wants a gradient and hooks follow.
      require(given.size() >= 4);
      return View{as<Storage>(given[0]), as<int64_t>(given[1]), numbers(given[2]), numbers(given[3])};
    case Known::Kind::kParameter:
      require(!given.empty());
      return as<View>(given[0]);
    case Known::Kind::kStorage:
      break;
  }
  throw Damaged();
}

// ("storage", its type, its key, the device it was on, how many numbers), and None from older ones.
Value Unpickler::persistent() {
  const Value id = pop();
  const std::vector<Value>& given = tuple(id, 5);
  const Known& known = *as<const Known*>(given[1]);
  require(as<std::string_view>(given[0]) == "storage" && known.kind == Known::Kind::kStorage);
  if (given.size() > 5 && !std::holds_alternative<std::monostate>(given[5])) throw not_weights("a view of a storage");
  return Storage{known.type, as<std::string_view>(given[2]), as<int64_t>(given[4])};
}

}  // namespace pentimento
