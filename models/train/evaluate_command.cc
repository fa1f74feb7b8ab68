// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>

#include "fit/resources.h"
#include "train/commands.h"
#include "train/figures.h"
#include "train/options.h"
#include "train/pictures.h"
#include "weights/rescaling_weights.h"

namespace pentimento {

namespace {

const char* const kUsage =
    "evaluate PLACE... --scale 2|4|8 (--weights FILE | --bicubic)\n"
    "Shrinks and restores pictures, small and large ones rounded to 8 bits, and prints for each and their mean, in "
    "dB:\n"
    "PSNR of Y' after the first cycle and the others, SSIM, PSNR of the small picture against a bicubic one.\n"
    "A place is a picture, a folder of them or a packed file.";

const std::vector<Option> kOptions = {
    {"scale", "2|4|8", "", "what the weights are for"},
    {"weights", "FILE", "", "what is measured"},
    {"bicubic", "", "", "measure bicubic resizing instead, a check of the protocol: Set5 has 33.66 dB (2), 28.42 (4)"},
    {"cycles", "N", "1", "shrink and restore so many times in turn"},
    {"leave-out", "NAME...", "", "files that are not taken, by their names without folders"},
    {"device", "auto|cpu|cuda", "auto", "where to compute"},
};

void print(const std::string& name, const Figures& figures) {
  std::printf("| %s |", name.c_str());
  for (const double psnr : figures.psnr_y) std::printf(" %.2f", psnr);
  std::printf(" | %.4f | %.2f |\n", figures.ssim, figures.small_psnr);
}

}  // namespace

int evaluate_command(std::span<const std::string> arguments) {
  const std::optional<Options> options = parse(kUsage, kOptions, arguments);
  if (!options) return 0;
  const int64_t scale = std::stoll(options->one_of("scale", {"2", "4", "8"}));
  const int64_t cycles = options->count("cycles", 1, 100);
  if (options->has("bicubic") == options->has("weights")) throw UsageError("Give either --weights FILE or --bicubic.");
  const torch::Device device = Resources::choose(options->one_of("device", {"auto", "cpu", "cuda"})).device;

  std::shared_ptr<Rescaling> network;
  if (options->has("weights")) {
    network = read_rescaling(options->text("weights"), scale);
    network->to(device);
  }
  const Rescaler way = network ? rescaler(*network) : bicubic_rescaler(scale);
  const std::vector<Picture> pictures = read_pictures(options->rest(), options->all("leave-out"));
  Figures mean;
  mean.psnr_y.resize(static_cast<size_t>(cycles));
  const auto n = static_cast<double>(pictures.size());
  for (const Picture& picture : pictures) {
    const Figures figures = measure(way, picture.bytes, cycles, device);
    print(picture.name, figures);
    for (size_t i = 0; i < mean.psnr_y.size(); ++i) mean.psnr_y[i] += figures.psnr_y[i] / n;
    mean.ssim += figures.ssim / n;
    mean.small_psnr += figures.small_psnr / n;
  }
  print("mean", mean);
  return 0;
}

}  // namespace pentimento
