// SPDX-License-Identifier: GPL-3.0-or-later
// The note and the details by themselves, with much that is broken.
#include <glib/gstdio.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <random>

#include "details.h"
#include "rescale_note.h"

using namespace pentimento;

namespace {

std::mt19937 random_bits(7);
unsigned below(unsigned n) { return random_bits() % n; }

const RescaleNote kNote = {2, 1023, 767, "0123456789abcdef", "fedcba9876543210"};

Codes some_codes(int width, int height) {
  Codes codes = {width, height, std::vector<guint8>(size_t(4) * width * height)};
  for (guint8& v : codes.samples) v = static_cast<guint8>(random_bits());
  return codes;
}

class Sidecar : public testing::Test {
 protected:
  Sidecar() {
    g_autofree char* path = nullptr;
    g_close(g_file_open_tmp("sidecar-XXXXXX", &path, nullptr), nullptr);
    path_ = path;
  }
  ~Sidecar() override { std::remove(path_.c_str()); }

  void write(const std::string& bytes) { std::ofstream(path_, std::ios::binary) << bytes; }
  std::optional<RescaleNote> note() {
    std::string error;
    auto note = read_note(path_.c_str(), &error);
    EXPECT_EQ(error.empty(), note.has_value());
    return note;
  }

  std::string path_;
};

TEST_F(Sidecar, HoldsTheLineAndTheDetails) {
  const std::string details("any\0thing\n", 10);
  EXPECT_EQ(write_sidecar(path_.c_str(), kNote, details), "");
  std::ifstream file(path_, std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}),
            "pentimento-rescale/1 scale=2 size=1023x767 weights=0123456789abcdef small=fedcba9876543210\n" + details);
  std::string error;
  EXPECT_EQ(note(), kNote);
  EXPECT_EQ(read_details(path_.c_str(), kNote, &error), details);
  RescaleNote other = kNote;
  other.height = 768;
  EXPECT_FALSE(read_details(path_.c_str(), other, &error));
  EXPECT_NE(error, "");
}

TEST_F(Sidecar, TheLineMayEndWithTheFile) {
  write(note_line(kNote));
  EXPECT_EQ(note(), kNote);
  std::string error;
  EXPECT_EQ(read_details(path_.c_str(), kNote, &error), "");
}

// Bytes of the line changed at random: hardly any line is one, and what is read of it is what it says.
TEST(Note, ReadsNoLineThatItWouldNotWrite) {
  const std::string sound = note_line(kNote);
  int taken = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string line = sound;
    for (unsigned n = 1 + below(2); n > 0; --n) {
      const unsigned at = below(static_cast<unsigned>(line.size()));
      switch (below(3)) {
        case 0:
          line[at] = "0123456789abcdefx= \n"[below(20)];
          break;
        case 1:
          line.erase(at, 1);
          break;
        default:
          line.insert(at, 1, static_cast<char>(random_bits()));
      }
    }
    const auto read = parse_note(line);
    if (!read) continue;
    ++taken;
    ASSERT_EQ(note_line(*read), line);
    ASSERT_TRUE((read->scale == 2 || read->scale == 4) && read->width > 0 && read->height > 0) << line;
  }
  EXPECT_GT(taken, 100);
}

TEST_F(Sidecar, IsNoFileThatBeginsOtherwise) {
  const std::string line = note_line(kNote);
  for (const std::string& broken : {std::string(), line.substr(1), line + " ", line + "\r\n", "\n" + line,
                                    line + std::string(1, '\0'), std::string(100000, 'p')}) {
    write(broken);
    EXPECT_FALSE(note()) << broken.substr(0, 100);
  }
}

TEST(Note, FitsTheSizesThatShrinkToIt) {
  for (int scale : {2, 4})
    for (int n = 1; n < 40; ++n)
      for (int small = 1; small < 25; ++small) {
        const bool fit = (small - 1) * scale < n && n <= small * scale;
        RescaleNote note = kNote;
        note.scale = scale, note.width = n, note.height = 1;
        EXPECT_EQ(fits(note, {5, 5, small, 1}), fit);
        std::swap(note.width, note.height);
        EXPECT_EQ(fits(note, {5, 5, 1, small}), fit);
      }
}

TEST(Note, MarksWhatCanBeSeen) {
  const Codes one = some_codes(5, 4);
  Codes hidden = one, seen = one;
  hidden.samples[3] = 0;
  const std::string mark = small_mark(hidden);
  hidden.samples[0] ^= 1;
  EXPECT_EQ(small_mark(hidden), mark);
  seen.samples[4 * 7 + 3] = 255;
  const std::string before = small_mark(seen);
  seen.samples[4 * 7 + 2] ^= 1;
  EXPECT_NE(small_mark(seen), before);
  EXPECT_EQ(small_mark({1, 1, {255, 0, 128, 255}}), "ef192b7af54e943f") << "SHA-256 of ff 00 80";
}

// What is foretold, kept and unpacked.
void expect_round_trip(int width, int height, bool grey, bool alpha) {
  Codes original = some_codes(width, height);
  for (size_t i = 0; i < original.samples.size(); i += 4) {
    if (grey) original.samples[i] = original.samples[i + 1] = original.samples[i + 2];
    if (!alpha) original.samples[i + 3] = 255;
  }
  const Codes guess = some_codes(width, height);
  Codes picture = guess;
  ASSERT_EQ(unpack_details(pack_details(original, guess, grey, alpha), &picture), Unpacked::kOriginal);
  ASSERT_EQ(picture.samples, original.samples) << width << 'x' << height << ' ' << grey << alpha;
}

TEST(Details, BringEachPictureBack) {
  for (bool grey : {false, true})
    for (bool alpha : {false, true})
      for (auto [width, height] : {std::pair(1, 1), {1, 9}, {9, 1}, {2, 2}, {37, 23}, {300, 200}})
        expect_round_trip(width, height, grey, alpha);
}

TEST(Details, AreOtherwiseAfterAnotherGuess) {
  const Codes original = some_codes(20, 10), guess = some_codes(20, 10);
  Codes picture = guess;
  picture.samples[40] += 1;
  EXPECT_EQ(unpack_details(pack_details(original, guess, false, true), &picture), Unpacked::kOtherwise);
  for (size_t i = 0; i < picture.samples.size(); ++i)
    ASSERT_EQ(picture.samples[i], static_cast<guint8>(original.samples[i] + (i == 40)));
}

TEST(Details, SurviveWhatIsBroken) {
  const Codes original = some_codes(13, 11), guess = some_codes(13, 11);
  const std::string sound = pack_details(original, guess, false, true);
  for (size_t n = 0; n < sound.size(); ++n) {
    Codes picture = guess;
    ASSERT_EQ(unpack_details(std::string_view(sound).substr(0, n), &picture), Unpacked::kDamaged) << n;
    ASSERT_EQ(picture.samples, guess.samples);
  }
  for (int i = 0; i < 5000; ++i) {
    std::string bytes = sound;
    for (unsigned n = 1 + below(3); n > 0; --n)
      bytes[below(static_cast<unsigned>(bytes.size()))] ^= static_cast<char>(1 << below(8));
    Codes picture = guess;
    // The last bits of the code may not matter.
    if (unpack_details(bytes, &picture) == Unpacked::kOriginal) {
      ASSERT_EQ(picture.samples, original.samples);
    }
    Codes other = some_codes(11, 13);
    ASSERT_EQ(unpack_details(bytes, &other), Unpacked::kDamaged) << "of another size";
  }
}

// Noise of a strength that differs from place to place takes hardly more than its entropy, knowing the strength.
TEST(Details, TakeWhatTheyHaveTo) {
  constexpr int kSide = 256;
  const Codes guess = {kSide, kSide, std::vector<guint8>(4 * kSide * kSide, 100)};
  Codes original = guess;
  double bits = 0;
  for (size_t i = 0; i < original.samples.size(); ++i) {
    if (i % 4 == 3) continue;
    const double sigma = i / 4 % kSide < kSide / 2 ? 0.8 : 8;
    const double v = std::round(std::normal_distribution<double>(0, sigma)(random_bits));
    original.samples[i] = static_cast<guint8>(100 + static_cast<int>(v));
    const auto cdf = [&](double t) { return 0.5 * std::erfc(-t / sigma / std::sqrt(2.0)); };
    bits -= std::log2(cdf(v + 0.5) - cdf(v - 0.5));
  }
  const double bytes = static_cast<double>(pack_details(original, guess, false, false).size());
  EXPECT_GT(bytes, 0.99 * bits / 8);
  EXPECT_LT(bytes, 1.06 * bits / 8);
}

}  // namespace
