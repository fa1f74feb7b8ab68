// SPDX-License-Identifier: GPL-3.0-or-later
// Checkpoints of PyTorch, built opcode by opcode: what is a state_dict is imported, and nothing else.
#include "train/import.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <functional>

#include "train/checkpoint.h"
#include "weights/rescaling_weights.h"
#include "weights/safetensors.h"
#include "weights_corpus.h"
#include "weights_files.h"

namespace pentimento {
namespace {

using torch::Tensor;
namespace fs = std::filesystem;

void read(const std::string& bytes) { read_checkpoint(bytes_of(bytes), "it"); }

constexpr char kDamaged[] =
    "The checkpoint it is damaged, or PyTorch did not save it: download it again or choose another.";

TEST(Checkpoint, IsReadInBothFormats) {
  for (const std::string& bytes : {new_checkpoint(right_state()), old_checkpoint(right_state())}) {
    const auto tensors = read_checkpoint(bytes_of(bytes), "it");
    ASSERT_EQ(tensors.size(), 2u);
    EXPECT_TRUE(torch::equal(tensors.at("w"), torch::tensor({1.f, 2.f})));
    EXPECT_TRUE(torch::equal(tensors.at("h").to(torch::kDouble),
                             torch::tensor({{1., -2., std::ldexp(1., -24)}}, torch::kDouble)));
  }
}

TEST(Checkpoint, IsRefusedWhereItIsBroken) {
  for (const Sample& sample : broken_checkpoints())
    EXPECT_EQ(refusal([&] { read(sample.bytes); }), kDamaged) << sample.what;
  for (const std::string& right : {new_checkpoint(right_state()), old_checkpoint(right_state())})
    for (size_t size = 0; size < right.size(); ++size)
      EXPECT_EQ(refusal([&] { read(right.substr(0, size)); }), kDamaged) << size << " bytes";
}

TEST(Checkpoint, IsRefusedByNameWhereItHoldsMoreThanWeights) {
  for (const auto& [sample, named] : foreign_checkpoints())
    EXPECT_EQ(refusal([&] { read(sample.bytes); }),
              "The checkpoint holds something else than weights (" + named +
                  ") and was not imported: choose one that holds a network's state_dict alone.")
        << sample.what;
}

// A checkpoint as the authors', of the network `blocks` with random parameters.
std::vector<Saved> authors_state(const std::vector<int64_t>& blocks, std::map<std::string, Tensor>& parameters) {
  std::vector<Saved> state;
  int64_t index = 0, channels = 3;
  for (const int64_t count : blocks) {
    Saved haar = {"operations." + std::to_string(index) + ".haar_weights", "FloatStorage", {4 * channels, 1, 2, 2}, ""};
    for (int64_t c = 0; c < channels; ++c)
      for (const float sign : {1, 1, 1, 1, 1, -1, 1, -1, 1, 1, -1, -1, 1, -1, -1, 1}) haar.data += raw(sign);
    state.push_back(haar);
    index += count + 1;
    channels *= 4;
  }
  for (const auto& item : Rescaling(blocks).named_parameters()) {
    const Tensor values = torch::randn(item.value().sizes());
    parameters[item.key()] = values;
    state.push_back({item.key(),
                     "FloatStorage",
                     values.sizes().vec(),
                     {static_cast<const char*>(values.data_ptr()), values.nbytes()}});
  }
  return state;
}

class Import : public testing::Test {
 protected:
  // Imports the bytes: a refusal, or "".
  std::string imported(const std::string& bytes) {
    put(in_, bytes);
    return refusal([this] { EXPECT_EQ(import_command(std::vector{in_, out_}), 0); });
  }

  void expect_imported(const std::map<std::string, Tensor>& parameters, int64_t scale) {
    const auto network = read_rescaling(out_, scale);
    ASSERT_EQ(network->named_parameters().size(), parameters.size());
    for (const auto& item : network->named_parameters())
      EXPECT_TRUE(torch::equal(item.value(), parameters.at(item.key()))) << item.key();
    EXPECT_EQ(read_safetensors(out_).metadata.at("origin"), "imported from a PyTorch checkpoint");
  }

  const Folder folder_;
  const std::string in_ = folder_.file("in.pth"), out_ = folder_.file("out.safetensors");
  const std::string not_irn_ =
      "The checkpoint " + in_ +
      " is not of the invertible rescaling network: choose IRN_x2.pth, IRN_x4.pth or IRN_x8.pth.";
};

TEST_F(Import, KeepsEveryBit) {
  for (const std::vector<int64_t>& blocks : {std::vector<int64_t>{1}, {2, 1}}) {
    std::map<std::string, Tensor> parameters;
    std::vector<Saved> state = authors_state(blocks, parameters);
    ASSERT_EQ(imported(new_checkpoint(state)), "");
    expect_imported(parameters, int64_t{1} << blocks.size());
    // Trained on several GPUs.
    for (Saved& saved : state) saved.name = "module." + saved.name;
    fs::remove(out_);
    ASSERT_EQ(imported(old_checkpoint(state)), "");
    expect_imported(parameters, int64_t{1} << blocks.size());
  }
}

TEST_F(Import, RefusesWhatIsNotTheNetwork) {
  std::map<std::string, Tensor> parameters;
  const std::vector<Saved> state = authors_state({1}, parameters);
  const auto changed = [&](const std::function<void(std::vector<Saved>&)>& change) {
    std::vector<Saved> other = state;
    change(other);
    return imported(new_checkpoint(other));
  };
  ASSERT_EQ(state[0].name, "operations.0.haar_weights");
  EXPECT_EQ(changed([](auto& s) { s.clear(); }), not_irn_);
  EXPECT_EQ(changed([](auto& s) { s.pop_back(); }), not_irn_);
  EXPECT_EQ(changed([](auto& s) { s.erase(s.begin()); }), not_irn_) << "no Haar transform";
  EXPECT_EQ(changed([](auto& s) { s[0].data.replace(20, 4, raw(1.f)); }), not_irn_) << "another transform";
  EXPECT_EQ(changed([](auto& s) { s[0].sizes = {3, 4, 2, 2}; }), not_irn_);
  EXPECT_EQ(changed([](auto& s) { s[0].name = "operations.2.haar_weights"; }), not_irn_);
  EXPECT_EQ(changed([](auto& s) { s[1].name += "s"; }), not_irn_);
  EXPECT_EQ(changed([](auto& s) { s.push_back({"more", "FloatStorage", {1}, raw(1.f)}); }), not_irn_);
  EXPECT_EQ(changed([](auto& s) { s.push_back({"module." + s[1].name, s[1].storage, s[1].sizes, s[1].data}); }),
            not_irn_);
  EXPECT_EQ(changed([](auto& s) { s[0] = {"operations.0.conv_weights", "FloatStorage", {1}, raw(1.f)}; }),
            "The checkpoint " + in_ +
                " is for scale 3 or for decolouring, which Pentimento does not know: choose one for "
                "scale 2, 4 or 8.");
  EXPECT_FALSE(fs::exists(out_));
}

TEST_F(Import, SaysHowItIsCalled) {
  const auto status = [](const std::vector<std::string>& arguments) { return import_command(arguments); };
  EXPECT_EQ(status({}), 2);
  EXPECT_EQ(status({in_}), 2);
  EXPECT_EQ(status({in_, "--strict"}), 2);
  EXPECT_EQ(status({"--help"}), 0);
  EXPECT_EQ(refusal([&] { import_command(std::vector{in_, out_}); }),
            "There is no checkpoint that can be read at " + in_ + ": choose another.");
}

}  // namespace
}  // namespace pentimento
