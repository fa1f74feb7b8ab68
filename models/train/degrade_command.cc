// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <filesystem>

#include "imaging/pnm.h"
#include "train/commands.h"
#include "train/degradations.h"
#include "train/options.h"
#include "train/pictures.h"

namespace pentimento {

namespace {

const char* const kUsage =
    "degrade PLACE... --task rain|haze|shadow --out FOLDER\n"
    "Makes pairs to measure restoration on: FOLDER/NAME.clean.ppm and FOLDER/NAME.degraded.ppm of each picture, by "
    "the\n"
    "physics that \"restore\" trains with. A place is a picture, a folder of them or a packed file.";

const std::vector<Option> kOptions = {
    {"task", "rain|haze|shadow", "", "what befalls them"},
    {"out", "FOLDER", "", "where the pairs go"},
    {"side", "N", "", "first shrink each picture until its shorter side has so many pixels"},
    {"seed", "N", "0", "draws other weather"},
};

}  // namespace

int degrade_command(std::span<const std::string> arguments) {
  const std::optional<Options> options = parse(kUsage, kOptions, arguments);
  if (!options) return 0;
  const Degradation degrade = find_degradation(options->one_of("task", {"rain", "haze", "shadow"}));
  const std::filesystem::path out = options->text("out");
  const int64_t side = options->has("side") ? options->count("side", 1, 65536) : 65536;
  auto seed = static_cast<uint64_t>(options->count("seed", 0, INT32_MAX));
  const std::vector<Picture> pictures = read_pictures(options->rest());
  std::filesystem::create_directories(out);
  for (const Picture& picture : pictures) {
    const torch::Tensor clean = to_unit(shrunk(picture, side).bytes.unsqueeze(0));
    torch::manual_seed(seed++);
    const std::string stem = std::filesystem::path(picture.name).stem();
    write_pnm(out / (stem + ".clean.ppm"), clean);
    write_pnm(out / (stem + ".degraded.ppm"), degrade(clean));
  }
  return 0;
}

}  // namespace pentimento
