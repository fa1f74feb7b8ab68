// SPDX-License-Identifier: GPL-3.0-or-later
#include <sstream>

#include "fit/resources.h"
#include "train/commands.h"
#include "train/figures.h"
#include "train/log.h"
#include "train/options.h"
#include "train/resuming.h"
#include "train/session.h"

namespace pentimento {

namespace {

constexpr int64_t kLogEvery = 100;  // steps

const char* const kUsage =
    "irn --scale 2|4|8 --data PLACE... --out FILE (--steps N | --minutes M)\n"
    "Trains the invertible rescaling network. A place is a picture, a folder of them or a packed file. Ctrl-C saves "
    "and\n"
    "ends; the same command with --resume FILE then goes on. A line for every 100 steps tells how it goes.";

const std::vector<Option> kOptions = {
    {"scale", "2|4|8", "", "how many times smaller pictures become"},
    {"data", "PLACE...", "", "what to train on"},
    {"leave-out", "NAME...", "", "files of the data that are not taken, by their names without folders"},
    {"validation", "PLACE...", "", "pictures to measure on as it goes"},
    {"validate-every", "N", "1000", "steps between two measurements; weights are saved then, too"},
    {"out", "FILE", "", "the weights, .safetensors; what is needed to go on is beside them until it is done"},
    {"resume", "FILE", "",
     "begin with these weights, and where they were interrupted; fewer blocks or levels are completed"},
    {"blocks", "N[,N[,N]]", "", "coupling blocks of each level (as resumed, else 8)"},
    {"steps", "N", "", "how long to train"},
    {"minutes", "M", "", "the same in time"},
    {"batch", "N", "16", "crops a step"},
    {"crop", "PIXELS", "144", "their side, a multiple of the scale"},
    {"learning-rate", "R", "2e-4", "of Adam"},
    {"schedule", "cosine|step", "cosine", "how it falls: to nothing, or halved at each fifth"},
    {"warm-up", "N", "50", "steps in which it rises"},
    {"guidance", "W", "1", "weight of the small picture's likeness to a bicubic one, times scale^2"},
    {"distribution", "W", "0.1", "weight of what does not fit into it"},
    {"latent", "zero|normal", "zero", "what stands for that at enlarging"},
    {"clip", "NORM", "1", "longest gradient"},
    {"grey", "SHARE", "0.06", "of the crops that are made grey: grey pictures stay grey when they are shrunk"},
    {"weight-decay", "W", "0", "added to the gradient, times the weights (the paper has 1e-5)"},
    {"ema", "SHARE", "0.999", "of the averaged weights, kept at each step"},
    {"bfloat16", "", "", "compute the subnets in bfloat16"},
    {"device", "auto|cpu|cuda", "auto", "where to compute"},
    {"seed", "N", "0", "draws other crops and first weights"},
    {"threads", "N", "", "of the processor (all)"},
    {"log", "FILE", "", "append a JSON object for every 100 steps and every measurement"},
};

std::vector<int64_t> blocks_of(const Options& options) {
  if (!options.has("blocks")) return {};
  std::vector<int64_t> blocks;
  std::istringstream text(options.text("blocks") + ",");
  for (std::string word; std::getline(text, word, ',');) {
    const Option one{"blocks", "N", word, ""};
    blocks.push_back(Options({&one, 1}, {}).count("blocks", 1, 64));
  }
  return blocks;
}

TrainingPlan plan_of(const Options& options, int64_t scale) {
  TrainingPlan plan;
  plan.batch = options.count("batch", 1, 1024);
  plan.crop = options.count("crop", scale, 4096);
  if (plan.crop % scale != 0) throw UsageError("--crop must be a multiple of --scale.");
  plan.learning_rate = options.number("learning-rate", 0, 1);
  plan.schedule =
      options.one_of("schedule", {"cosine", "step"}) == "step" ? LearningSchedule::kStep : LearningSchedule::kCosine;
  plan.warm_up = options.count("warm-up", 0, 1'000'000);
  plan.loss.guidance = options.number("guidance", 0, 1e6);
  plan.loss.distribution = options.number("distribution", 0, 1e6);
  plan.loss.normal_latent = options.one_of("latent", {"zero", "normal"}) == "normal";
  plan.clip = options.number("clip", 1e-9, 1e9);
  plan.grey = options.number("grey", 0, 1);
  plan.weight_decay = options.number("weight-decay", 0, 1);
  plan.ema = options.number("ema", 0, 1);
  plan.type = options.has("bfloat16") ? torch::kBFloat16 : torch::kFloat;
  plan.seed = static_cast<uint64_t>(options.count("seed", 0, INT64_MAX));
  return plan;
}

// In dB.
NamedValues validate(const Rescaling& network, const std::vector<Picture>& pictures, const torch::Device& device) {
  double psnr_y = 0, small_psnr = 0;
  for (const Picture& picture : pictures) {
    const Figures figures = measure(rescaler(network), picture.bytes, 1, device);
    psnr_y += figures.psnr_y[0] / static_cast<double>(pictures.size());
    small_psnr += figures.small_psnr / static_cast<double>(pictures.size());
  }
  return {{"psnr_y", psnr_y}, {"small_psnr", small_psnr}};
}

NamedValues values_of(const TrainingReport& r) {
  return {{"learning_rate", r.learning_rate},
          {"loss", r.loss},
          {"restoration", r.restoration},
          {"guidance", r.guidance},
          {"distribution", r.distribution},
          {"gradient_norm", r.gradient_norm},
          {"skipped", static_cast<double>(r.skipped)}};
}

}  // namespace

int irn_command(std::span<const std::string> arguments) {
  const std::optional<Options> options = parse(kUsage, kOptions, arguments);
  if (!options) return 0;
  if (!options->rest().empty()) throw UsageError("\"" + options->rest()[0] + "\" belongs to no option: see --help.");
  const int64_t scale = std::stoll(options->one_of("scale", {"2", "4", "8"}));
  const TrainingPlan plan = plan_of(*options, scale);
  Length length(*options);
  const int64_t validate_every = options->count("validate-every", 1, int64_t{1} << 40);
  const std::string out = options->text("out"), from = options->has("resume") ? options->text("resume") : "";
  const std::vector<int64_t> blocks = blocks_of(*options);
  if (int64_t{1} << blocks.size() > scale) throw UsageError("--blocks has more numbers than --scale has halvings.");
  const torch::Device device = Resources::choose(options->one_of("device", {"auto", "cpu", "cuda"})).device;
  if (options->has("threads")) at::set_num_threads(static_cast<int>(options->count("threads", 1, 1024)));
  if (options->all("data").empty()) throw UsageError("--data must be given: see --help.");
  check_writable(out);

  torch::manual_seed(plan.seed);
  const auto network = first_network(scale, blocks, from);
  const CropSource crops(read_pictures(options->all("data"), options->all("leave-out")), plan.crop, device);
  const auto validation =
      options->has("validation") ? read_pictures(options->all("validation")) : std::vector<Picture>();
  Trainer trainer(network, crops, plan, device);
  if (!from.empty()) length.add(resume(from, trainer));
  TrainingLog log(options->has("log") ? options->text("log") : "");

  const int64_t first = trainer.steps();
  const auto progress = [&] { return length.progress(trainer.steps()); };
  const double begun = progress();
  double measuring = 0;  // seconds
  catch_interrupts();
  const auto tell = [&](bool measured) {
    LogEntry entry;
    entry.report = values_of(trainer.report());
    entry.step = trainer.steps();
    entry.seconds = length.elapsed();
    entry.progress = progress();
    const double spent = entry.seconds - length.before(), share = entry.progress - begun;
    entry.pictures_per_second = static_cast<double>((entry.step - first) * plan.batch) / (spent - measuring);
    entry.seconds_left = share > 0 ? spent * (1 - entry.progress) / share : 0;
    if (measured && !validation.empty()) entry.validation = validate(trainer.average(), validation, device);
    measuring += length.elapsed() - entry.seconds;
    log.write(entry);
  };
  bool done = progress() >= 1;
  while (!interrupted() && !done) {
    trainer.step(progress());
    done = progress() >= 1;
    const bool pause = done || trainer.steps() % validate_every == 0;
    if (pause) save(out, trainer, length.elapsed(), done);
    if (pause || trainer.steps() % kLogEvery == 0) tell(pause);
  }
  if (!done) save(out, trainer, length.elapsed(), false);
  return 0;
}

}  // namespace pentimento
