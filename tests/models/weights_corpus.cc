// SPDX-License-Identifier: GPL-3.0-or-later
#include "weights_corpus.h"

#include <functional>
#include <limits>
#include <numeric>

namespace pentimento {

namespace {

constexpr char kA[] = R"("a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
constexpr char kB[] = R"("b":{"dtype":"U8","shape":[1,3],"data_offsets":[8,11]})";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

// Pickle opcodes, see Python's pickletools.py.
std::string text(const std::string& text) { return 'X' + raw(static_cast<uint32_t>(text.size())) + text; }
std::string integer(int64_t number) { return 'J' + raw(static_cast<int32_t>(number)); }

std::string tuple(const std::vector<int64_t>& numbers) {
  std::string items;
  for (const int64_t number : numbers) items += integer(number);
  return '(' + items + 't';
}

const std::string kDict = "ccollections\nOrderedDict\n)R";

std::string tensor(const std::string& storage, const std::string& key, int64_t count, const std::vector<int64_t>& sizes,
                   const std::vector<int64_t>& strides, int64_t offset = 0, const std::string& more = "") {
  return "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + "ctorch\n" + storage + '\n' + text(key) +
         text("cpu") + integer(count) + more + "tQ" + integer(offset) + tuple(sizes) + tuple(strides) + "\x89" + kDict +
         "tR";
}

int64_t count(const Saved& saved) {
  return std::accumulate(saved.sizes.begin(), saved.sizes.end(), int64_t{1}, std::multiplies<>());
}

// An OrderedDict with items and, as modules give it, an attribute _metadata.
std::string dictionary(const std::string& items) {
  return "\x80\x02" + kDict + "q\x01(" + items + "u}" + text("_metadata") + kDict + "(" + text("") + "}" +
         text("version") + "K\x01sus" + "b.";
}

std::string pickle(const std::vector<Saved>& state, const std::string& more) {
  std::string items;
  for (size_t i = 0; i < state.size(); ++i) {
    std::vector<int64_t> strides(state[i].sizes.size(), 1);
    for (size_t k = strides.size(); k-- > 1;) strides[k - 1] = strides[k] * state[i].sizes[k];
    items += text(state[i].name) +
             tensor(state[i].storage, std::to_string(i), count(state[i]), state[i].sizes, strides, 0, more);
  }
  return dictionary(items);
}

const std::string kTwoFloats = raw(1.f) + raw(2.f);

// A dictionary of one tensor.
std::string with_tensor(const std::string& tensor) { return checkpoint_of(dictionary(text("w") + tensor)); }

}  // namespace

std::string safetensors(const std::string& json, const std::string& data) {
  return raw(uint64_t{json.size()}) + json + data;
}

std::string right_safetensors() {
  return safetensors(std::string("{\"__metadata__\":{\"made\":\"by hand\"},") + kA + ',' + kB + "}  ",
                     raw(1.5f) + raw(-2.f) + "xyz");
}

std::vector<Sample> broken_safetensors() {
  const std::string right = right_safetensors(), data = right.substr(right.size() - 11);
  const std::string json = std::string("{") + kA + ',' + kB + '}';
  const auto changed = [&](const std::string& from, const std::string& to) {
    return safetensors(replaced(json, from, to), data);
  };
  const auto titled = [&](const std::string& key) {
    return safetensors("{\"__metadata__\":" + key + "," + kA + ',' + kB + '}', data);
  };
  std::vector<Sample> samples = {
      {"nothing", ""},
      {"a header that is longer than the file", raw(uint64_t{right.size()}) + right.substr(8)},
      {"a header of 2^64 - 1 bytes", raw(std::numeric_limits<uint64_t>::max()) + right.substr(8)},
      {"a header of more than 1 MiB", safetensors(json + std::string(1 << 20, ' '), data)},
      {"an empty header", safetensors("", "")},
      {"a header that is a list", safetensors("[]", "")},
      {"a header that begins with a space", safetensors(' ' + json, data)},
      {"two objects", safetensors(json + "{}", data)},
      {"a byte behind the data", right + '\0'},
      {"a byte too few", right.substr(0, right.size() - 1)},
      {"a gap before the data", changed("[0,8]", "[1,8]")},
      {"a gap between tensors", safetensors(replaced(json, "[8,11]", "[9,12]"), data + '\0')},
      {"an overlap", changed("[8,11]", "[7,10]")},
      {"one tensor over another", changed("[8,11]", "[0,3]")},
      {"offsets in the wrong order", changed("[8,11]", "[11,8]")},
      {"a negative offset", changed("[0,8]", "[-0,8]")},
      {"three offsets", changed("[0,8]", "[0,4,8]")},
      {"an offset beyond the file", changed("[8,11]", "[8,1000]")},
      {"an offset beyond 64 bits", changed("[8,11]", "[8,18446744073709551627]")},
      {"a type for which the place is too small", changed("F32", "I64")},
      {"a type that there is not", changed("F32", "F31")},
      {"a type that networks do not have", changed("\"F32\",\"shape\":[2]", "\"F64\",\"shape\":[1]")},
      {"a shape too large", changed("[2]", "[3]")},
      {"a negative shape", changed("[2]", "[-2]")},
      {"a shape whose product is too large", changed("[2]", "[2,4294967296,4294967296]")},
      {"a shape whose product comes round to 2", changed("[2]", "[2,9223372036854775807,9223372036854775807]")},
      {"a shape of zeros and too much",
       safetensors(R"({"a":{"dtype":"U8","shape":[0,9223372036854775807,9],"data_offsets":[0,0]}})", "")},
      {"a shape of too many sides", changed("[2]", "[2,1,1,1,1,1,1,1,1]")},
      {"a shape that is a number", changed("[2]", "2")},
      {"a fraction", changed("[2]", "[2.0]")},
      {"an exponent", changed("[2]", "[2e0]")},
      {"a leading zero", changed("[2]", "[02]")},
      {"a comma too many", changed("[2]", "[2,]")},
      {"a comma behind the last member", changed("[8,11]}}", "[8,11]},}")},
      {"a nested list", changed("[2]", "[[2]]")},
      {"true", changed("[2]", "true")},
      {"null", changed("\"F32\"", "null")},
      {"a name twice", changed("\"b\"", "\"a\"")},
      {"a name twice, once escaped", changed("\"b\"", "\"\\u0061\"")},
      {"the metadata twice", titled(R"({},"__metadata__":{})")},
      {"a key twice in the metadata", titled(R"({"a":"1","a":"2"})")},
      {"a number in the metadata", titled(R"({"a":1})")},
      {"an object in the metadata", titled(R"({"a":{}})")},
      {"a member twice", changed("\"shape\"", "\"dtype\":\"F32\",\"shape\"")},
      {"a member too many", changed("\"shape\"", "\"more\":\"1\",\"shape\"")},
      {"a member too few", changed("\"dtype\":\"F32\",", "")},
      {"a name that is too long", changed("\"b\"", '"' + std::string(257, 'b') + '"')},
      {"an escape that there is not", changed("\"b\"", "\"\\x\"")},
      {"a short escape", changed("\"b\"", "\"\\u12\"")},
      {"a half of a surrogate pair", changed("\"b\"", "\"\\ud800\"")},
      {"the wrong half of one", changed("\"b\"", "\"\\udc00\"")},
      {"two first halves", changed("\"b\"", "\"\\ud800\\ud800\"")},
      {"a zero escaped", changed("\"b\"", "\"\\u0000\"")},
      {"a control character", changed("\"b\"", "\"\n\"")},
      {"UTF-8 cut short", changed("\"b\"", "\"\xC3\"")},
      {"UTF-8 longer than need be", changed("\"b\"", "\"\xC0\xA0\"")},
      {"UTF-8 of a surrogate", changed("\"b\"", "\"\xED\xA0\x80\"")},
      {"a string without an end", safetensors("{\"a", "")},
      {"objects nested deeply", safetensors("{\"a\":" + std::string(100'000, '{'), "")},
      {"lists nested deeply", safetensors("{\"a\":{\"shape\":" + std::string(100'000, '['), "")},
      {"a NaN", replaced(right, raw(1.5f), raw(std::numeric_limits<float>::quiet_NaN()))},
      {"an infinity", replaced(right, raw(1.5f), raw(-std::numeric_limits<float>::infinity()))},
      {"an infinity of half precision",
       safetensors(R"({"a":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}})", raw(uint16_t{0x7C00}))},
      {"a NaN of bfloat16",
       safetensors(R"({"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}})", raw(uint16_t{0x7FC0}))},
  };
  std::string many = "{";
  for (int i = 0; i < 8193; ++i)
    many += (i ? ",\"" : "\"") + std::to_string(i) + R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  samples.push_back({"more tensors than any network has", safetensors(many + '}', "")});
  return samples;
}

std::string zip(const Files& files) {
  std::string archive, directory;
  for (const auto& [name, bytes] : files) {
    const auto size = static_cast<uint32_t>(bytes.size());
    // Flags, method, time, date, checksum, sizes, lengths of the name and of what else there is.
    const std::string common = raw(uint16_t{0}) + raw(uint16_t{0}) + raw(uint16_t{0}) + raw(uint16_t{0}) +
                               raw(uint32_t{0}) + raw(size) + raw(size) + raw(static_cast<uint16_t>(name.size()));
    directory += raw(uint32_t{0x02014b50}) + raw(uint16_t{20}) + raw(uint16_t{20}) + common + raw(uint16_t{0}) +
                 raw(uint16_t{0}) + raw(uint16_t{0}) + raw(uint16_t{0}) + raw(uint32_t{0}) +
                 raw(static_cast<uint32_t>(archive.size())) + name;
    // PyTorch pads here.
    archive += raw(uint32_t{0x04034b50}) + raw(uint16_t{20}) + common + raw(uint16_t{3}) + name + "pad" + bytes;
  }
  const auto entries = static_cast<uint16_t>(files.size());
  return archive + directory + raw(uint32_t{0x06054b50}) + raw(uint32_t{0}) + raw(entries) + raw(entries) +
         raw(static_cast<uint32_t>(directory.size())) + raw(static_cast<uint32_t>(archive.size())) + raw(uint16_t{0});
}

std::string new_checkpoint(const std::vector<Saved>& state) {
  Files files = {{"archive/data.pkl", pickle(state, "")}, {"archive/byteorder", "little"}};
  for (size_t i = 0; i < state.size(); ++i) files.emplace_back("archive/data/" + std::to_string(i), state[i].data);
  files.emplace_back("archive/version", "3\n");
  return zip(files);
}

std::string old_checkpoint(const std::vector<Saved>& state) {
  std::string keys = "\x80\x02](", data;
  // Not in the order of the tensors.
  for (size_t i = state.size(); i-- > 0;) {
    keys += text(std::to_string(i));
    data += raw(count(state[i])) + state[i].data;
  }
  const std::string magic("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", 15);
  const std::string machine = "\x80\x02}(" + text("protocol_version") + "M\xe9\x03" + text("little_endian") + "\x88" +
                              text("type_sizes") + "}(" + text("int") + "K\x04uu.";
  return magic + "\x80\x02M\xe9\x03." + machine + pickle(state, "N") + keys + "e." + data;
}

std::string checkpoint_of(const std::string& pickle) {
  return zip({{"archive/data.pkl", pickle}, {"archive/data/0", kTwoFloats}});
}

std::vector<Saved> right_state() {
  return {{"w", "FloatStorage", {2}, kTwoFloats},
          {"h", "HalfStorage", {1, 3}, raw(uint16_t{0x3C00}) + raw(uint16_t{0xC000}) + raw(uint16_t{0x0001})}};
}

std::vector<Sample> broken_checkpoints() {
  const std::string right = new_checkpoint(right_state()), old = old_checkpoint(right_state());
  const std::string good = tensor("FloatStorage", "0", 2, {2}, {1});
  std::string states;
  for (int i = 0; i < 150'000; ++i) states += "}b";
  const auto ended = [](const std::string& opcodes) { return checkpoint_of("\x80\x02" + opcodes + "."); };
  // Where the directory tells of the first file.
  const size_t entry = right.find(raw(uint32_t{0x02014b50}));
  // And of the byte order, which is 6 bytes; with 80 it runs into the storages.
  const size_t order = right.find(raw(uint32_t{0x02014b50}), entry + 1);
  const std::string eighty = raw(uint32_t{80});
  const auto entry_with = [&](size_t offset, const std::string& bytes) {
    return std::string(right).replace(entry + offset, bytes.size(), bytes);
  };
  const std::string longer = raw(static_cast<uint32_t>(pickle(right_state(), "").size() + 40));
  return {
      {"nothing", ""},
      {"no archive", std::string(100, 'x')},
      {"an empty archive", zip({})},
      {"no pickle", zip({{"archive/data/0", kTwoFloats}})},
      {"a byte behind the archive", right + '\0'},
      {"a compressed file", entry_with(10, raw(uint16_t{8}))},
      {"a ciphered file", entry_with(8, raw(uint16_t{1}))},
      {"a size too large", entry_with(20, raw(uint32_t{1 << 30}) + raw(uint32_t{1 << 30}))},
      {"two sizes", entry_with(20, raw(uint32_t{1}))},
      {"an offset too large", entry_with(42, raw(uint32_t{0xFFFFFFF0}))},
      {"an offset to nothing", entry_with(42, raw(uint32_t{1}))},
      {"another name before the file", replaced(right, "archive/data.pkl", "archive/data.xyz")},
      {"a file over another, which nobody would notice", std::string(right).replace(order + 20, 8, eighty + eighty)},
      {"a file over another", entry_with(20, longer + longer)},
      {"a file twice", zip({{"archive/data.pkl", "."}, {"archive/data.pkl", "."}})},
      {"the other byte order", zip({{"archive/data.pkl", dictionary(text("w") + good)},
                                    {"archive/byteorder", "big"},
                                    {"archive/data/0", kTwoFloats}})},
      {"an empty pickle", checkpoint_of("")},
      {"a pickle without an end", checkpoint_of("\x80\x02}")},
      {"a pickle of nothing", ended("")},
      {"a pickle of two things", ended("NN")},
      {"a mark left", ended("}(")},
      {"marks without end", ended(std::string(100'000, '('))},
      {"tuples nested deeply", ended(")" + std::string(200'000, '\x85'))},
      {"dictionaries without end", ended(std::string(300'000, '}'))},
      {"states without end", ended("}" + states + text("w") + good + "s")},
      {"something behind the pickle", checkpoint_of(dictionary(text("w") + good) + "N.")},
      {"nothing to pop", ended("R")},
      {"a pop past the mark", ended("}(s")},
      {"a pop past a mark that is used then", ended("}" + text("w") + good + "(st")},
      {"no mark", ended("t")},
      {"an item for no dictionary", ended("]" + text("w") + good + "s")},
      {"half an item", ended("}(" + text("w") + "u")},
      {"a text beyond the pickle", ended("X\xff\xff\xff\xff")},
      {"a large whole number", ended("\x8a\x09" + std::string(9, '\1'))},
      {"a frame beyond the pickle", ended("\x95" + raw(uint64_t{1} << 40))},
      {"a protocol to come", checkpoint_of("\x80\x06}.")},
      {"nothing to remember", ended("q\x01")},
      {"nothing to recall", ended("h\x01")},
      {"a call of what is no function", ended("N)R")},
      {"a call of a storage", ended("ctorch\nFloatStorage\n)R")},
      {"a call without a tuple", ended("ccollections\nOrderedDict\n}R")},
      {"a tensor of nothing", ended("ctorch._utils\n_rebuild_tensor_v2\n)R")},
      {"a tensor of itself", ended("ctorch._utils\n_rebuild_parameter\n}\x85R")},
      {"a storage of nothing", ended(")Q")},
      {"attributes of nothing", ended("N}b")},
      {"a number instead of a dictionary", ended("K\x01")},
      {"a name twice", checkpoint_of(dictionary(text("w") + good + text("w") + good))},
      {"a storage that is not there", with_tensor(tensor("FloatStorage", "1", 2, {2}, {1}))},
      {"a storage that is larger", with_tensor(tensor("FloatStorage", "0", 3, {2}, {1}))},
      {"a storage of another type", with_tensor(tensor("HalfStorage", "0", 2, {2}, {1}))},
      {"a storage of two types",
       checkpoint_of(dictionary(text("w") + good + text("v") + tensor("HalfStorage", "0", 4, {4}, {1})))},
      {"a negative storage", with_tensor(tensor("FloatStorage", "0", -2, {2}, {1}))},
      {"a tensor beyond its storage", with_tensor(tensor("FloatStorage", "0", 2, {2}, {1}, 1))},
      {"a tensor before its storage", with_tensor(tensor("FloatStorage", "0", 2, {2}, {1}, -1))},
      {"a stride beyond the storage", with_tensor(tensor("FloatStorage", "0", 2, {2}, {2}))},
      {"a stride backwards", with_tensor(tensor("FloatStorage", "0", 2, {2}, {-1}, 1))},
      {"a tensor larger than its storage", with_tensor(tensor("FloatStorage", "0", 2, {3}, {0}))},
      {"a tensor far larger than its storage",
       with_tensor(tensor("FloatStorage", "0", 2, {1 << 30, 1 << 30, 1 << 30}, {0, 0, 0}))},
      {"a negative size", with_tensor(tensor("FloatStorage", "0", 2, {-2}, {1}))},
      {"strides for other sizes", with_tensor(tensor("FloatStorage", "0", 2, {2}, {1, 1}))},
      {"too many sides",
       with_tensor(tensor("FloatStorage", "0", 2, std::vector<int64_t>(9, 1), std::vector<int64_t>(9, 1)))},
      {"an old one of another version", replaced(old, "M\xe9\x03.", "M\xe8\x03.")},
      {"an old one of the other byte order", replaced(old, "\x88", "\x89")},
      {"an old one with a byte too many", old + '\0'},
      {"an old one with a byte too few", old.substr(0, old.size() - 1)},
      {"an old one with a storage too large", replaced(old, raw(int64_t{3}), raw(int64_t{1} << 62))},
      {"an old one with a key twice", replaced(old, text("1") + text("0") + "e", text("1") + text("1") + "e")},
      {"an old one with a key of nothing", replaced(old, text("1") + text("0") + "e", text("1") + text("7") + "e")},
  };
}

std::vector<std::pair<Sample, std::string>> foreign_checkpoints() {
  const std::string good = tensor("FloatStorage", "0", 2, {2}, {1});
  return {
      {{"a command for the shell", checkpoint_of("\x80\x02"
                                                 "cos\nsystem\n" +
                                                 text("true") + "\x85R.")},
       "os.system"},
      {{"a built-in function", checkpoint_of("\x80\x04" + text("builtins") + text("eval") + "\x93.")}, "builtins.eval"},
      {{"an object", checkpoint_of(std::string("\x80\x02)\x81."))}, "opcode 0x81"},
      {{"an instance", checkpoint_of("(ios\nsystem\n.")}, "opcode 0x69"},
      {{"an extension", checkpoint_of("\x82\x01.")}, "opcode 0x82"},
      {{"a name with control characters", checkpoint_of("co\x1b[31m\nx\n.")}, "o?[31m.x"},
      {{"a whole network", checkpoint_of("\x80\x02"
                                         "ctorch.nn.modules.linear\nLinear\n.")},
       "torch.nn.modules.linear.Linear"},
      {{"a state of training", checkpoint_of(dictionary(text("epoch") + "K\x01"))}, "epoch"},
      {{"a dictionary that holds itself", checkpoint_of("}q\x01" + text("w") + "h\x01s.")}, "w"},
      {{"a key that is no text", checkpoint_of(dictionary("K\x01" + good))}, "a key that is no text"},
      {{"a view of a storage", with_tensor(tensor("FloatStorage", "0", 2, {2}, {1}, 0, tuple({1, 2, 3})))},
       "a view of a storage"},
  };
}

}  // namespace pentimento
