// SPDX-License-Identifier: GPL-3.0-or-later
// Each way in which an engine can be missing has its own sentence. FAKE_ENGINE_DIR is where meson builds the fakes.
#include "engine_loader.h"

#include <glib.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace {

using pentimento::load_engine;
using pentimento::open_engine;

constexpr char kFake[] = FAKE_ENGINE_DIR "/libfake-engine.so";

std::string error_of(const char* path) {
  std::string error;
  EXPECT_FALSE(open_engine(path, &error));
  return error;
}

bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

TEST(EngineLoader, OpensAnEngine) {
  std::string error;
  const PentimentoEngine* engine = open_engine(kFake, &error);
  ASSERT_TRUE(engine) << error;
  EXPECT_EQ(engine->abi, static_cast<uint32_t>(PENTIMENTO_ENGINE_ABI));
  EXPECT_EQ(error, "");
}

TEST(EngineLoader, NamesAMissingFile) {
  EXPECT_EQ(error_of("/no/such/engine.so"),
            "The restoration engine is missing: there is no file /no/such/engine.so. Please install Pentimento again.");
}

// Writes a file for one test.
struct ScratchFile {
  explicit ScratchFile(const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }
  ~ScratchFile() { std::filesystem::remove(path); }
  const std::string path = testing::TempDir() + "/pentimento-engine-" + std::to_string(getpid()) + ".so";
};

TEST(EngineLoader, SaysThatLibTorchIsNotInstalled) {
  std::ifstream file(FAKE_ENGINE_DIR "/libengine-on-libtorch.so", std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  const std::string there = "libtorch-pretended.so", gone = "libtorch-is-no-more.s";
  const size_t needed = bytes.find(there);
  ASSERT_NE(needed, std::string::npos);
  ScratchFile engine(bytes.replace(needed, there.size(), gone));
  const std::string error = error_of(engine.path.c_str());
  EXPECT_TRUE(contains(error, "LibTorch is not installed")) << error;
  EXPECT_TRUE(contains(error, gone.c_str())) << error;
}

TEST(EngineLoader, QuotesTheLinkerOnGarbage) {
  ScratchFile engine("this is no library");
  const std::string error = error_of(engine.path.c_str());
  EXPECT_TRUE(contains(error, "cannot be loaded")) << error;
  EXPECT_TRUE(contains(error, engine.path.c_str())) << error;
}

TEST(EngineLoader, KnowsAnotherLibrary) {
  const std::string error = error_of(FAKE_ENGINE_DIR "/libtorch-pretended.so");
  EXPECT_TRUE(contains(error, "is not Pentimento's restoration engine")) << error;
}

TEST(EngineLoader, RefusesAnotherVersion) {
  for (const char* how : {"wrong-abi", "stranger"}) {
    g_setenv("FAKE_ENGINE", how, TRUE);
    const std::string error = error_of(kFake);
    EXPECT_TRUE(contains(error, "another version than the operations")) << how << ": " << error;
    g_unsetenv("FAKE_ENGINE");
  }
}

TEST(EngineLoader, TriesAgainAfterAFailure) {
  std::string error;
  g_setenv("PENTIMENTO_ENGINE", "/no/such/engine.so", TRUE);
  EXPECT_FALSE(load_engine(&error));
  g_setenv("PENTIMENTO_ENGINE", kFake, TRUE);
  const PentimentoEngine* engine = load_engine(&error);
  EXPECT_TRUE(engine);
  g_setenv("PENTIMENTO_ENGINE", "/no/such/engine.so", TRUE);
  EXPECT_EQ(load_engine(&error), engine) << "once loaded, it stays";
}

}  // namespace
