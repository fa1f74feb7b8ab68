// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdio>

#include "train/commands.h"
#include "train/crops.h"
#include "train/options.h"
#include "weights/safetensors.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kAtOnce = 64;  // crops whose samples' places are in memory

const char* const kUsage =
    "pack PLACE... --out FILE\n"
    "Gathers pictures in one file, for machines that cannot read them: whole, or random crops of one size.\n"
    "A place is a picture, a folder of them or a packed file.";

const std::vector<Option> kOptions = {
    {"out", "FILE", "", "the packed pictures, .safetensors"},
    {"crop", "PIXELS", "", "crops with this side; without it the pictures are packed whole"},
    {"count", "N", "1000", "how many crops"},
    {"leave-out", "NAME...", "", "files that are not taken, by their names without folders"},
    {"seed", "N", "0", "draws other crops"},
};

Tensor crops_of(const std::vector<Picture>& pictures, int64_t side, int64_t count, uint64_t seed) {
  const CropSource source(pictures, side, torch::kCPU);
  std::vector<Crop> crops = source.draw(count, seed, 0);
  for (Crop& crop : crops) crop.symmetry = 0;  // drawn anew at every use
  const Tensor packed = torch::empty({count, 3, side, side}, torch::kUInt8);
  for (int64_t i = 0; i < count; i += kAtOnce) {
    const int64_t end = std::min(count, i + kAtOnce);
    packed.slice(0, i, end).copy_(source.cut({crops.begin() + i, crops.begin() + end}));
  }
  return packed;
}

}  // namespace

int pack_command(std::span<const std::string> arguments) {
  const std::optional<Options> options = parse(kUsage, kOptions, arguments);
  if (!options) return 0;
  const std::string out = options->text("out");
  const int64_t count = options->count("count", 1, 10'000'000);
  const auto seed = static_cast<uint64_t>(options->count("seed", 0, INT64_MAX));
  const int64_t side = options->has("crop") ? options->count("crop", 8, 4096) : 0;

  const std::vector<Picture> pictures = read_pictures(options->rest(), options->all("leave-out"));
  Weights packed;
  packed.metadata["pictures"] = std::to_string(pictures.size());
  if (side > 0) {
    packed.tensors["crops"] = crops_of(pictures, side, count, seed);
  } else {
    for (const Picture& picture : pictures)
      if (!packed.tensors.emplace(picture.name, picture.bytes).second)
        throw std::runtime_error("Two pictures are called " + picture.name + ": rename one.");
  }
  write_safetensors(out, packed);
  std::printf("%s: %s of %zu pictures\n", out.c_str(), side > 0 ? (std::to_string(count) + " crops").c_str() : "all",
              pictures.size());
  return 0;
}

}  // namespace pentimento
