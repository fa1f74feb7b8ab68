// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <sstream>
#include <stdexcept>

#include "fit/resources.h"
#include "train/commands.h"
#include "train/depth.h"
#include "train/log.h"
#include "train/options.h"
#include "train/restorer_figures.h"
#include "train/restorer_trainer.h"
#include "train/session.h"
#include "weights/restorer_weights.h"

namespace pentimento {

namespace {

constexpr int64_t kLogEvery = 100;    // steps
constexpr double kProbeShare = 0.12;  // of the training's length, to find the depth
constexpr int64_t kProbeCrops = 32;

const char* const kUsage =
    "restore --task rain|haze|shadow --data PLACE... --out FILE (--steps N | --minutes M)\n"
    "Trains a restoration network on clean photographs, which it degrades itself by the task's physics. A place is a\n"
    "picture, a folder of them or a packed file. Ctrl-C saves and ends; the same command with --resume FILE goes on.\n"
    "A line for every 100 steps tells how it goes.";

const std::vector<Option> kOptions = {
    {"task", "rain|haze|shadow", "", "what to restore from"},
    {"data", "PLACE...", "", "clean photographs to train on"},
    {"leave-out", "NAME...", "", "files of the data that are not taken, by their names without folders"},
    {"sides", "N[,N...]", "192,320,512", "each photograph is also shrunk until its shorter side has so many pixels"},
    {"validation", "PLACE...", "", "pictures to measure on as it goes"},
    {"whole-scenes", "N", "0", "the weights are for pictures shrunk to this shorter side (0: of any size)"},
    {"validation-side", "N", "320", "to which the pictures to measure on are shrunk"},
    {"validate-every", "N", "1000", "steps between two measurements; weights are saved then, too"},
    {"out", "FILE", "", "the weights, .safetensors; what is needed to go on is beside them until it is done"},
    {"resume", "FILE", "", "begin with these weights, and where they were interrupted"},
    {"parameters", "N", "1500000", "at most so many: as wide as they allow"},
    {"depth", "0..5|auto", "auto", "levels of abstraction; auto: as many as tell something, by a short training first"},
    {"detail", "haar|none", "haar", "a path that keeps all that the picture holds, or none (to compare; not for use)"},
    {"balance", "gradnorm|none", "gradnorm", "losses by band and by path, balanced; or the plain one"},
    {"steps", "N", "", "how long to train"},
    {"minutes", "M", "", "the same in time"},
    {"batch", "N", "4", "crops a step"},
    {"crop", "PIXELS", "128", "their side, a multiple of 32; of 64 for depth 5"},
    {"clean", "SHARE", "0.2", "of the crops that stay as they are: such pictures must not change"},
    {"learning-rate", "R", "1e-3", "of Adam"},
    {"warm-up", "N", "300", "steps in which it rises; it then falls to nothing by half a cosine"},
    {"clip", "NORM", "1", "longest gradient"},
    {"ema", "SHARE", "0.998", "of the averaged weights, kept at each step"},
    {"bfloat16", "", "", "compute the convolutions in bfloat16"},
    {"device", "auto|cpu|cuda", "auto", "where to compute"},
    {"seed", "N", "0", "draws other crops, weather and first weights"},
    {"threads", "N", "", "of the processor (all)"},
    {"log", "FILE", "", "append a JSON object for every 100 steps and every measurement"},
};

RestorerPlan plan_of(const Options& options) {
  RestorerPlan plan;
  plan.task = options.one_of("task", {"rain", "haze", "shadow"});
  plan.batch = options.count("batch", 1, 1024);
  plan.crop = options.count("crop", 32, 4096);
  if (plan.crop % 32 != 0) throw UsageError("--crop must be a multiple of 32.");
  plan.clean = options.number("clean", 0, 1);
  plan.balance = options.one_of("balance", {"gradnorm", "none"}) == "gradnorm";
  plan.learning_rate = options.number("learning-rate", 0, 1);
  plan.warm_up = options.count("warm-up", 0, 1'000'000);
  plan.clip = options.number("clip", 1e-9, 1e9);
  plan.ema = options.number("ema", 0, 1);
  plan.type = options.has("bfloat16") ? torch::kBFloat16 : torch::kFloat;
  plan.seed = static_cast<uint64_t>(options.count("seed", 0, INT64_MAX));
  return plan;
}

// Each photograph in all sizes that hold a crop.
std::vector<Picture> in_sizes(const std::vector<Picture>& pictures, const std::string& sides, int64_t crop) {
  std::vector<Picture> result;
  std::istringstream text(sides + ",");
  for (std::string word; std::getline(text, word, ',');) {
    const Option one{"sides", "N", word, ""};
    const int64_t side = Options({&one, 1}, {}).count("sides", 32, 65536);
    if (side < crop) throw UsageError("--sides must not be less than --crop.");
    for (const Picture& picture : pictures) result.push_back(shrunk(picture, side));
  }
  return result;
}

std::shared_ptr<Restorer> new_network(const Options& options, int64_t depth) {
  const bool detail = options.one_of("detail", {"haar", "none"}) == "haar";
  const int64_t parameters = options.count("parameters", 5'000, 100'000'000);
  const int64_t side = options.count("whole-scenes", 0, 65536);
  return std::make_shared<Restorer>(RestorerShape{width_for(parameters, depth, detail), depth, detail, side});
}

// The depth that pays: trains the deepest network for a while and looks what its levels tell.
int64_t found_depth(const Options& options, const CropSource& crops, const RestorerPlan& plan,
                    const torch::Device& device) {
  torch::manual_seed(plan.seed);
  int64_t deepest = RestorerShape::kMostDepth;
  while (plan.crop % (int64_t{2} << deepest) != 0) --deepest;
  RestorerTrainer trainer(new_network(options, deepest), crops, plan, device);
  const Length length(options);
  for (double progress = 0; progress < 1 && !interrupted(); progress = length.progress(trainer.steps()) / kProbeShare)
    trainer.step(progress);
  const torch::Tensor clean = to_unit(crops.cut(crops.draw(kProbeCrops, plan.seed, UINT64_MAX)));
  const auto marginal = marginal_information(trainer.average(), find_degradation(plan.task)(clean), clean);
  const int64_t depth = sufficient_depth(marginal);
  std::fprintf(stderr, "What the levels of abstraction tell, in bits:");
  for (const double bits : marginal) std::fprintf(stderr, " %.3f", bits);
  std::fprintf(stderr, ". So the depth is %lld.\n", static_cast<long long>(depth));
  return depth;
}

NamedValues values_of(const RestorerReport& r) {
  return {{"learning_rate", r.learning_rate}, {"loss", r.loss},
          {"deep_gradient", r.deep_gradient}, {"imbalance", r.imbalance},
          {"gradient_norm", r.gradient_norm}, {"skipped", static_cast<double>(r.skipped)}};
}

NamedValues values_of(const RestorerFigures& f) {
  return {{"psnr_before", f.psnr_before},
          {"psnr", f.psnr},
          {"finest_before", f.finest_before},
          {"finest", f.finest},
          {"clean_change", f.change}};
}

}  // namespace

int restore_command(std::span<const std::string> arguments) {
  const std::optional<Options> options = parse(kUsage, kOptions, arguments);
  if (!options) return 0;
  if (!options->rest().empty()) throw UsageError("\"" + options->rest()[0] + "\" belongs to no option: see --help.");
  const RestorerPlan plan = plan_of(*options);
  const std::string& wanted = options->one_of("depth", {"auto", "0", "1", "2", "3", "4", "5"});
  const int64_t validate_every = options->count("validate-every", 1, int64_t{1} << 40);
  const std::string out = options->text("out"), from = options->has("resume") ? options->text("resume") : "";
  [[maybe_unused]] const Length checked(*options);  // now, not after the probe
  const torch::Device device = Resources::choose(options->one_of("device", {"auto", "cpu", "cuda"})).device;
  if (options->has("threads")) at::set_num_threads(static_cast<int>(options->count("threads", 1, 1024)));
  if (options->all("data").empty()) throw UsageError("--data must be given: see --help.");
  check_writable(out);

  const CropSource crops(
      in_sizes(read_pictures(options->all("data"), options->all("leave-out")), options->text("sides"), plan.crop),
      plan.crop, device);
  std::vector<Picture> validation;
  if (options->has("validation"))
    for (const Picture& picture : read_pictures(options->all("validation")))
      validation.push_back(shrunk(picture, options->count("validation-side", 64, 65536)));
  TrainingLog log(options->has("log") ? options->text("log") : "");
  catch_interrupts();

  std::shared_ptr<Restorer> network;
  if (!from.empty()) {
    network = read_restorer(from, plan.task);
  } else {
    const int64_t depth = wanted == "auto" ? found_depth(*options, crops, plan, device) : std::stoll(wanted);
    torch::manual_seed(plan.seed);
    network = new_network(*options, depth);
  }
  if (plan.crop % network->multiple() != 0) throw UsageError("--crop must be a multiple of 64 for --depth 5.");
  RestorerTrainer trainer(network, crops, plan, device);
  Length length(*options);
  if (const Interrupted found = read_state(from); trainer.restore(found.state)) length.add(found.seconds);

  const int64_t first = trainer.steps();
  const double begun = length.progress(first);
  const auto save = [&](bool done) {
    if (!network->shape().detail) return;  // only there to be compared with
    write_restorer(out, trainer.average(), plan.task, {{"steps", std::to_string(trainer.steps())}});
    if (done)
      remove_state(out);
    else
      save_state(out, {trainer.state(), length.elapsed()});
  };
  const auto tell = [&](bool measured) {
    LogEntry entry;
    entry.step = trainer.steps();
    entry.progress = length.progress(trainer.steps());
    entry.seconds = length.elapsed();
    entry.report = values_of(trainer.report());
    const double spent = entry.seconds - length.before(), share = entry.progress - begun;
    entry.pictures_per_second = static_cast<double>((entry.step - first) * plan.batch) / spent;
    entry.seconds_left = share > 0 ? spent * (1 - entry.progress) / share : 0;
    if (measured && !validation.empty())
      entry.validation = values_of(measure(trainer.average(), find_degradation(plan.task), validation, device));
    log.write(entry);
  };
  bool done = begun >= 1;
  while (!interrupted() && !done) {
    trainer.step(length.progress(trainer.steps()));
    done = length.progress(trainer.steps()) >= 1;
    const bool pause = done || trainer.steps() % validate_every == 0;
    if (pause) save(done);
    if (pause || trainer.steps() % kLogEvery == 0) tell(pause);
  }
  if (!done) save(false);
  return 0;
}

}  // namespace pentimento
