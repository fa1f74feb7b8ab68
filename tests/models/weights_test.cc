// SPDX-License-Identifier: GPL-3.0-or-later
// Weights files: what is written is read again bit for bit, and everything broken is refused with one sentence.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <limits>

#include "weights/rescaling_weights.h"
#include "weights/safetensors.h"
#include "weights_corpus.h"
#include "weights_files.h"

namespace pentimento {
namespace {

using torch::Tensor;
namespace fs = std::filesystem;

Weights read(const std::string& bytes) { return read_safetensors(bytes_of(bytes), "it"); }

constexpr char kDamaged[] =
    "The weights file it is damaged or not of the safetensors format: install it again or choose another.";

TEST(Safetensors, ReadsWhatTheFormatSays) {
  const Weights weights = read(right_safetensors());
  EXPECT_EQ(weights.metadata, (std::map<std::string, std::string>{{"made", "by hand"}}));
  ASSERT_EQ(weights.tensors.size(), 2u);
  EXPECT_TRUE(torch::equal(weights.tensors.at("a"), torch::tensor({1.5f, -2.f})));
  EXPECT_TRUE(torch::equal(weights.tensors.at("b"), torch::tensor({{'x', 'y', 'z'}}, torch::kUInt8)));
}

TEST(Safetensors, ReadsAllThatJsonAllows) {
  const Weights weights =
      read(safetensors("{ \"__metadata__\" :\t{\"\\u00e4\\n\":\"\\ud83d\\ude00/\\/\", \"\xC3\xB6\":\"\"},\r\n"
                       "\"\\u0061\":{\"data_offsets\":[ 0 , 2 ],\"shape\":[],\"dtype\":\"BF16\"},"
                       "\"none\":{\"data_offsets\":[2,2],\"shape\":[3,0],\"dtype\":\"I64\"}}  ",
                       raw(uint16_t{0x3FC0})));
  EXPECT_EQ(weights.metadata, (std::map<std::string, std::string>{{"ä\n", "😀//"}, {"ö", ""}}));
  EXPECT_EQ(weights.tensors.at("a").item<float>(), 1.5f);
  EXPECT_EQ(weights.tensors.at("a").dim(), 0);
  EXPECT_EQ(weights.tensors.at("none").sizes(), (std::vector<int64_t>{3, 0}));
  EXPECT_TRUE(read(safetensors("{}", "")).tensors.empty());
}

TEST(Safetensors, RefusesWhatIsBroken) {
  for (const Sample& sample : broken_safetensors())
    EXPECT_EQ(refusal([&] { read(sample.bytes); }), kDamaged) << sample.what;
  const std::string right = right_safetensors();
  for (size_t size = 0; size < right.size(); ++size)
    EXPECT_EQ(refusal([&] { read(right.substr(0, size)); }), kDamaged) << size << " bytes";
}

// As the official library does: the widest numbers first, the data 8 bytes aligned.
TEST(Safetensors, WritesTheFormat) {
  const Folder folder;
  const std::string path = folder.file("it.safetensors");
  write_safetensors(path, {{{"a", torch::tensor({{'x', 'y', 'z'}}, torch::kUInt8)}, {"b", torch::tensor({1.5f})}}, {}});
  std::string json = R"({"__metadata__":{},"a":{"dtype":"U8","shape":[1,3],"data_offsets":[4,7]},)"
                     R"("b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  json.resize((json.size() + 7) / 8 * 8, ' ');
  EXPECT_EQ(contents(path), safetensors(json, raw(1.5f) + "xyz"));
}

TEST(Safetensors, ReadsWhatItWrote) {
  const Folder folder;
  const std::string path = folder.file("it.safetensors");
  const std::map<std::string, Tensor> tensors = {
      {"float", torch::randn({2, 3}).t()},
      {"half \"\\\n\x1f", torch::randn({5}).to(torch::kHalf)},
      {"bfloat16", torch::randn({1, 1, 3}).to(torch::kBFloat16)},
      {"uint8", torch::arange(7, torch::kUInt8)},
      {"long", torch::tensor({std::numeric_limits<int64_t>::min()})},
      {"none", torch::zeros({0, 4})},
      {"scalar", torch::tensor(3.f).requires_grad_()},
  };
  const std::map<std::string, std::string> metadata = {{"ä", "😀\t\"\\"}, {"", ""}};
  write_safetensors(path, {tensors, metadata});
  const Weights weights = read_safetensors(path);
  EXPECT_EQ(weights.metadata, metadata);
  ASSERT_EQ(weights.tensors.size(), tensors.size());
  for (const auto& [name, tensor] : tensors) {
    const Tensor& found = weights.tensors.at(name);
    EXPECT_EQ(found.scalar_type(), tensor.scalar_type()) << name;
    EXPECT_TRUE(torch::equal(found, tensor)) << name;
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path), {}), 1) << "nothing lies beside it";
}

TEST(Safetensors, SaysWhatIsWrongWithAFile) {
  const Folder folder;
  const std::string path = folder.file("it.safetensors");
  const std::string none = "There are no weights at " + path + ": install them again or choose others.";
  const auto read = [&](uint64_t limit) { return refusal([&] { read_safetensors(path, limit); }); };
  EXPECT_EQ(read(1000), none);
  put(path, right_safetensors());
  EXPECT_EQ(read(right_safetensors().size()), "");
  EXPECT_NE(read(right_safetensors().size() - 1).find("damaged"), std::string::npos);
  put(path, right_safetensors() + "x");
  EXPECT_EQ(read(1000), "The weights file " + path +
                            " is damaged or not of the safetensors format: install it again or choose another.");
  fs::remove(path);
  fs::create_directory(path);
  EXPECT_EQ(read(1000), none);
}

TEST(Safetensors, KeepsTheOldFileWhereItCannotWrite) {
  const Folder folder;
  const std::string path = folder.file("it.safetensors");
  write_safetensors(path, {{{"a", torch::tensor({1.f})}}, {}});
  const std::string before = contents(path);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_NE(refusal([&] { write_safetensors(path, {{{"a", torch::tensor({nan})}}, {}}); }).find("lower learning rate"),
            std::string::npos);
  EXPECT_EQ(contents(path), before);
  fs::create_directory(folder.file("taken"));
  put(folder.file("taken/x"), "");
  for (const std::string& place : {folder.file("missing/it"), folder.file("taken")})
    EXPECT_EQ(refusal([&] { write_safetensors(place, {}); }),
              place + " cannot be written: choose another place, or make room there.");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path), {}), 2) << "nothing half written is left";
}

std::shared_ptr<Rescaling> random_network(const std::vector<int64_t>& blocks) {
  const auto network = std::make_shared<Rescaling>(blocks);
  const torch::NoGradGuard no_grad;
  for (Tensor& parameter : network->parameters()) parameter.normal_();
  return network;
}

std::map<std::string, Tensor> parameters(const Rescaling& network) {
  std::map<std::string, Tensor> parameters;
  for (const auto& item : network.named_parameters()) parameters[item.key()] = item.value().detach();
  return parameters;
}

TEST(RescalingWeights, ComeBackBitForBit) {
  const Folder folder;
  const std::string path = folder.file("it.safetensors");
  for (const std::vector<int64_t>& blocks : {std::vector<int64_t>{1}, {2}, {1, 2}, {0, 1}, {1, 0, 1}}) {
    const auto network = random_network(blocks);
    // What was said of the file that the training began with must not stay.
    write_rescaling(path, *network, {{"data", "made up"}, {"scale", "16"}});
    const auto found = read_rescaling(path, network->scale());
    ASSERT_EQ(found->levels().size(), blocks.size());
    const auto theirs = parameters(*found);
    for (const auto& [name, tensor] : parameters(*network)) EXPECT_TRUE(torch::equal(theirs.at(name), tensor)) << name;
    EXPECT_TRUE(found->parameters()[0].requires_grad()) << "it can be trained on";
    EXPECT_EQ(read_safetensors(path).metadata.at("data"), "made up");
  }
}

TEST(RescalingWeights, OfHalfPrecisionAreReadAsFloat) {
  const Folder folder;
  const auto network = random_network({1});
  write_rescaling(folder.file("it"), *network, {}, torch::kHalf);
  EXPECT_EQ(read_safetensors(folder.file("it")).tensors.begin()->second.scalar_type(), torch::kHalf);
  const auto found = parameters(*read_rescaling(folder.file("it"), 2));
  for (const auto& [name, tensor] : parameters(*network))
    EXPECT_TRUE(torch::equal(found.at(name), tensor.to(torch::kHalf).to(torch::kFloat))) << name;
}

TEST(RescalingWeights, ForAnotherScaleSayWhichTheyAreFor) {
  const Folder folder;
  write_rescaling(folder.file("it"), Rescaling({1}), {});
  EXPECT_EQ(refusal([&] { read_rescaling(folder.file("it"), 4); }),
            "The chosen weights are for the scale 2: choose that scale, or weights for the one you want.");
}

TEST(RescalingWeights, AreRefusedWhereTheyAreNotExactlyTheNetworks) {
  const Folder folder;
  const std::string path = folder.file("it.safetensors");
  write_rescaling(path, *random_network({1}), {});
  const Weights right = read_safetensors(path);
  const std::string name = "operations.1.F.conv1.weight",
                    sentence =
                        "The weights in " + path + " are not for shrinking and restoring pictures: choose others.";
  const auto changed = [&](const std::function<void(Weights&)>& change) {
    Weights weights = right;
    change(weights);
    write_safetensors(path, weights);
    return refusal([&] { read_rescaling(path, 2); });
  };
  const auto renamed = [&](Weights& w, const std::string& to) {
    auto node = w.tensors.extract(name);
    node.key() = to;
    w.tensors.insert(std::move(node));
  };
  EXPECT_EQ(changed([](Weights&) {}), "");
  EXPECT_EQ(changed([](Weights& w) { w.tensors.clear(); }), sentence);
  EXPECT_EQ(changed([](Weights& w) { w.tensors.erase("operations.1.H.conv5.bias"); }), sentence);
  EXPECT_EQ(changed([](Weights& w) { w.tensors["operations.1.H.conv6.bias"] = torch::zeros({9}); }), sentence);
  EXPECT_EQ(changed([&](Weights& w) { renamed(w, "operations.2.F.conv1.weight"); }), sentence);
  EXPECT_EQ(changed([&](Weights& w) { renamed(w, "operations.1.E.conv1.weight"); }), sentence);
  EXPECT_EQ(changed([&](Weights& w) { w.tensors[name] = w.tensors[name].slice(2, 1); }), sentence);
  EXPECT_EQ(changed([&](Weights& w) { w.tensors[name] = torch::zeros({32, 10, 3, 3}); }), sentence);
  EXPECT_EQ(changed([&](Weights& w) { w.tensors[name] = torch::zeros({32}); }), sentence);
  EXPECT_EQ(changed([&](Weights& w) { w.tensors[name] = w.tensors[name].to(torch::kLong); }), sentence);
  EXPECT_EQ(changed([](Weights& w) { w.metadata["network"] = "restorer"; }), sentence);
  EXPECT_EQ(changed([](Weights& w) { w.metadata["scale"] = "4"; }), sentence);
  EXPECT_EQ(changed([](Weights& w) { w.metadata.erase("blocks"); }), sentence);
}

// Many small tensors that would make a large network.
TEST(RescalingWeights, OfFarTooManyBlocksCostNoMemory) {
  std::map<std::string, Tensor> parameters;
  for (int64_t i = 1; i <= 3000; ++i)
    parameters["operations." + std::to_string(i) + ".F.conv1.weight"] = torch::zeros({0, 189, 1, 1});
  EXPECT_EQ(rescaling_of(parameters), nullptr);
}

}  // namespace
}  // namespace pentimento
