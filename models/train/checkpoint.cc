// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/checkpoint.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "errors.h"
#include "train/unpickler.h"
#include "train/zip.h"

namespace pentimento {

using torch::Tensor;

namespace {

using Tensors = std::map<std::string, Tensor>;

constexpr std::string_view kPickle = "/data.pkl";
// The older format's first pickle: 0x1950a86a20f9469cfc6c.
constexpr std::string_view kOldMagic("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15);
constexpr int64_t kOldVersion = 1001;

bool begins_with(Bytes file, std::string_view text) {
  return file.size() >= text.size() && std::memcmp(file.data(), text.data(), text.size()) == 0;
}

// The numbers of a checkpoint; each storage is copied once, where the first tensor wants it.
class Storages {
 public:
  void add(std::string_view key, Bytes bytes) { require(bytes_.emplace(key, bytes).second); }

  Tensor view(const View& view) {
    const Tensor numbers = this->numbers(view.storage);
    require(view.offset >= 0 && view.sizes.size() == view.strides.size());
    // The tensor may be a part of the storage, but not more than it.
    int64_t count = 1, last = view.offset;
    for (size_t i = 0; i < view.sizes.size(); ++i) {
      int64_t span = 0;
      require(view.sizes[i] >= 1 && view.strides[i] >= 0 && !__builtin_mul_overflow(count, view.sizes[i], &count) &&
              !__builtin_mul_overflow(view.sizes[i] - 1, view.strides[i], &span) &&
              !__builtin_add_overflow(last, span, &last));
    }
    require(count <= numbers.numel() && last < numbers.numel());
    return numbers.as_strided(view.sizes, view.strides, view.offset);
  }

 private:
  Tensor numbers(const Storage& storage) {
    const auto bytes = bytes_.find(storage.key);
    require(bytes != bytes_.end() && storage.count >= 0);
    Tensor& numbers = copies_[storage.key];
    if (!numbers.defined()) {
      const size_t size = torch::elementSize(storage.type);
      require(bytes->second.size() % size == 0 && bytes->second.size() / size == static_cast<size_t>(storage.count));
      numbers = torch::empty({storage.count}, storage.type);
      if (storage.count > 0) std::memcpy(numbers.data_ptr(), bytes->second.data(), bytes->second.size());
    }
    require(numbers.scalar_type() == storage.type && numbers.numel() == storage.count);
    return numbers;
  }

  std::map<std::string_view, Bytes> bytes_;
  std::map<std::string_view, Tensor> copies_;
};

const Sequence& sequence(const Value& value, Sequence::Kind kind) {
  const Sequence* const held = as<Sequence*>(value);
  require(held->kind == kind);
  return *held;
}

// Calls visit(name, view) for all entries of a state_dict.
template <typename Visit>
void each_tensor(const Value& state, const Visit& visit) {
  const std::vector<Value>& items = sequence(state, Sequence::Kind::kDictionary).items;
  for (size_t i = 0; i < items.size(); i += 2) {
    const auto* const name = std::get_if<std::string_view>(&items[i]);
    const auto* const view = std::get_if<View>(&items[i + 1]);
    if (!name || !view) throw not_weights(name ? std::string(*name) : "a key that is no text");
    visit(*name, *view);
  }
}

Tensors tensors_of(const Value& state, Storages& storages) {
  Tensors tensors;
  each_tensor(state, [&](std::string_view name, const View& view) {
    require(tensors.emplace(name, storages.view(view)).second);
  });
  return tensors;
}

Tensors read_archive(Bytes file) {
  const std::map<std::string_view, Bytes> files = stored_files(file);
  const auto pickle = std::ranges::find_if(files, [](const auto& entry) { return entry.first.ends_with(kPickle); });
  require(pickle != files.end());
  // "archive/data.pkl" and its storages "archive/data/0" and so on.
  const std::string folder(pickle->first.substr(0, pickle->first.size() - kPickle.size()));
  const auto order = files.find(folder + "/byteorder");
  require(order == files.end() || begins_with(order->second, "little"));
  Storages storages;
  for (const auto& [name, bytes] : files)
    if (name.starts_with(folder + "/data/")) storages.add(name.substr(folder.size() + 6), bytes);
  Unpickler unpickler(pickle->second);
  const Value state = unpickler.next();
  require(unpickler.rest().empty());
  return tensors_of(state, storages);
}

// Five pickles: magic number, version, the machine, the state_dict, the storages' keys; then the storages, each behind
// the count of its numbers.
Tensors read_old(Bytes file) {
  Unpickler unpickler(file.subspan(kOldMagic.size()));
  const Value version = unpickler.next(), machine = unpickler.next(), state = unpickler.next();
  const Value keys = unpickler.next();
  const Value* const little = sequence(machine, Sequence::Kind::kDictionary).find("little_endian");
  require(as<int64_t>(version) == kOldVersion && little != nullptr && as<int64_t>(*little) == 1);
  // A storage's size in bytes is told by its type, which the tensors that use it know.
  std::map<std::string_view, size_t> sizes;
  each_tensor(state, [&](std::string_view, const View& view) {
    sizes[view.storage.key] = torch::elementSize(view.storage.type);
  });
  Cursor cursor(unpickler.rest());
  Storages storages;
  for (const Value& key : sequence(keys, Sequence::Kind::kList).items) {
    const auto size = sizes.find(as<std::string_view>(key));
    require(size != sizes.end());
    const auto count = cursor.number<uint64_t>();
    require(count <= cursor.rest().size() / size->second);
    storages.add(size->first, cursor.take(count * size->second));
  }
  require(cursor.rest().empty());
  return tensors_of(state, storages);
}

}  // namespace

Tensors read_checkpoint(Bytes file, const std::string& name) {
  try {
    return begins_with(file, kOldMagic) ? read_old(file) : read_archive(file);
  } catch (const Damaged&) {
    throw Error(PENTIMENTO_BAD_INPUT, format("The checkpoint %s is damaged, or PyTorch did not save it: download it "
                                             "again or choose another.",
                                             name));
  }
}

}  // namespace pentimento
