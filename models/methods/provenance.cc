// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/provenance.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "errors.h"
#include "imaging/back_projection.h"
#include "imaging/pictures.h"
#include "measures/abstract_features.h"
#include "measures/bit_budget.h"
#include "measures/null_space.h"
#include "measures/path_shares.h"
#include "measures/pyramid.h"
#include "measures/spread.h"
#include "weights/restorer_weights.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kMostFactor = 8;
constexpr double kTicks = 50;        // of progress, for the bits and for each run of a method
constexpr int64_t kPathSide = 1024;  // of the part that the network's paths are measured on
constexpr const char* kRestored = "restore-";
// Of the methods that fit nothing at "fast" unless told to: without a fit the seed changes nothing.
constexpr int64_t kIterations = 60;

struct Wish {
  std::string made_by;
  int64_t seeds;
  std::string device;
  std::shared_ptr<Restorer> network;  // of restore-*
};

Wish read_wish(const Options& options) {
  Wish wish;
  wish.made_by =
      options.choice("made-by", "anything",
                     {"anything", "denoise", "inpaint", "remove-jpeg-artifacts", "super-resolution", "enhance-detail",
                      "dehaze", "rescale-up", "restore-rain", "restore-haze", "restore-shadow"});
  wish.seeds = options.integer("seeds", 0, 0, 8);
  const std::string weights = options.text("weights", "");
  wish.device = options.text("device", "auto");
  read_resources(options);
  if (wish.seeds == 1)
    throw Error(PENTIMENTO_BAD_INPUT, _("A spread needs at least two seeds; give 0 to leave it unmeasured."));
  if (wish.made_by.starts_with(kRestored))
    wish.network = read_restorer(weights, wish.made_by.substr(std::string(kRestored).size()));
  return wish;
}

// The whole number of times that `large` is larger than `small`, rounded up; 0 where there is none.
int64_t factor_between(const Tensor& large, const Tensor& small) {
  for (int64_t f = 1; f <= kMostFactor; ++f)
    if ((large.size(2) + f - 1) / f == small.size(2) && (large.size(3) + f - 1) / f == small.size(3)) return f;
  return 0;
}

class Measuring {
 public:
  Measuring(Task& task, const Wish& wish) : task_(task), wish_(wish) {
    if (task.inputs.size() != 2)
      throw Error(PENTIMENTO_BAD_INPUT,
                  _("Telling what was invented takes two pictures: the result, and the original that it was made of."));
    factor_ = factor_between(task.inputs[0], task.inputs[1]);
    if (factor_ == 0)
      throw Error(PENTIMENTO_BAD_INPUT,
                  _("The sizes do not fit: the original must be as large as the result, or smaller "
                    "by a whole factor of 2 to 8. Choose the picture that the result was made of."));
    // A large picture is better not held more often than need be.
    int64_t repaired = 0;
    const auto taken = [&](Tensor& input) {
      const auto [least, most] = torch::aminmax(input);
      if (least.item<float>() >= 0 && most.item<float>() <= 1) return std::exchange(input, Tensor());
      InRange range = split_range(input);
      input.reset();
      repaired += range.repaired;
      return range.picture;
    };
    const Tensor result = taken(task.inputs[0]), original = taken(task.inputs[1]);
    const int64_t channels = std::max(result.size(1), original.size(1));
    result_ = result.expand({1, channels, -1, -1});
    original_ = original.expand({1, channels, -1, -1});
    if (repaired > 0)
      task.notice = _("Some samples of the picture were not numbers; they were filled from their surroundings.");
    if (factor_ > 1)
      compared_ = enlarge_bicubic(original_, factor_).slice(2, 0, result_.size(2)).slice(3, 0, result_.size(3));
    else
      compared_ = original_;
    if (wish.made_by == "inpaint" && factor_ == 1) hole_ = (result_ != original_).any(1)[0];
  }

  Tensor operator()() {
    task_.monitor->expect(std::llround(kTicks) * (1 + wish_.seeds), 1);
    Tensor features;
    if (wish_.network) features = abstract_features(*wish_.network, three(compared_));
    const BitBudget budget = bit_budget(result_, compared_, features, hole_, [this](double share) { advance(share); });
    measure_null_space();
    if (wish_.network) paths_ = path_shares(*wish_.network, three(part_for_paths()));
    if (wish_.seeds > 0) measure_spread();
    tell(budget);
    return budget.shares;
  }

 private:
  static Tensor three(const Tensor& picture) { return picture.expand({1, 3, -1, -1}); }

  void advance(double share) {
    for (progress_ += share * kTicks; progress_ >= 1; --progress_)
      task_.monitor->step(1, [] { return std::nan(""); }, [] { return Tensor(); });
  }

  // Its middle: what the paths do there they do elsewhere, and a network is slow on a CPU.
  Tensor part_for_paths() const {
    Tensor part = compared_;
    for (const int64_t d : {2, 3})
      if (const int64_t beyond = part.size(d) - kPathSide; beyond > 0) part = part.narrow(d, beyond / 2, kPathSide);
    return part;
  }

  void measure_null_space() {
    if (hole_.defined()) null_ = null_space_of_hole(result_, hole_);
    if (factor_ == 1) return;
    if (wish_.made_by == "super-resolution") null_ = null_space(result_, original_, Shrinking::kLanczos, factor_);
    if (wish_.made_by == "rescale-up") null_ = null_space(result_, original_, Shrinking::kMean, factor_);
  }

  // One more run of the method that made the result.
  Tensor run(int64_t seed) {
    Monitor monitor([this](const Snapshot&) { return task_.monitor->show({}) ? Answer::kKeep : Answer::kContinue; },
                    0.1);
    Task task;
    task.monitor = &monitor;
    task.inputs = {original_.contiguous()};
    task.options.set("quality", "fast");
    task.options.set("device", wish_.device);
    task.options.set("seed", static_cast<double>(seed));
    if (hole_.defined()) task.inputs.push_back(hole_.to(torch::kFloat).unsqueeze(0).unsqueeze(0));
    if (wish_.made_by == "super-resolution") task.options.set("scale", static_cast<double>(factor_));
    if (wish_.made_by == "denoise" || wish_.made_by == "dehaze")
      task.options.set("iterations", static_cast<double>(kIterations));
    const Tensor made = find_method(wish_.made_by)(task);
    advance(1);
    // A run that was stopped short says little of the seed.
    return monitor.keep() ? Tensor() : made;
  }

  void measure_spread() {
    const bool same_size = wish_.made_by == "denoise" || wish_.made_by == "inpaint" ||
                           wish_.made_by == "remove-jpeg-artifacts" || wish_.made_by == "enhance-detail" ||
                           wish_.made_by == "dehaze";
    const bool possible = factor_ == 1 ? same_size : wish_.made_by == "super-resolution";
    if (possible && !(hole_.defined() && (hole_.all().item<bool>() || !hole_.any().item<bool>())))
      spread_ = spread(wish_.seeds, [this](int64_t seed) { return run(seed); });
    if (spread_.bands.empty() && task_.notice.empty())
      task_.notice = possible ? _("The spread over seeds was not measured: there was nothing to run again.")
                              : _("The spread over seeds was not measured: it needs a result of a filter that has a "
                                  "seed, and the picture which that filter was given.");
  }

  void tell(const BitBudget& budget) {
    const auto figure = [this](const std::string& name, double value) { task_.figures.emplace_back(name, value); };
    BandBits all;
    all.retained = 0;
    for (size_t b = 0; b < budget.bands.size(); ++b) {
      const BandBits& band = budget.bands[b];
      const std::string name = "bands." + std::to_string(b) + ".";
      figure(name + "bits", band.bits);
      figure(name + "retained", band.retained);
      figure(name + "extracted", band.extracted);
      figure(name + "invented", band.invented);
      figure(name + "redundancy", band.redundancy);
      if (b < paths_.size()) {
        figure(name + "paths.retained", paths_[b].retained);
        figure(name + "paths.extracted", paths_[b].extracted);
        figure(name + "paths.invented", paths_[b].invented);
      }
      if (null_) figure(name + "null_energy", null_->bands[b]);
      if (!spread_.bands.empty()) figure(name + "seed_std", spread_.bands[b]);
      all.bits += band.bits;
      all.retained += band.bits * band.retained;
      all.extracted += band.bits * band.extracted;
      all.invented += band.bits * band.invented;
      all.redundancy += band.redundancy / static_cast<double>(budget.bands.size());
    }
    figure("retained", all.bits > 0 ? all.retained / all.bits : 1);
    figure("extracted", all.bits > 0 ? all.extracted / all.bits : 0);
    figure("invented", all.bits > 0 ? all.invented / all.bits : 0);
    figure("redundancy", all.redundancy);
    if (null_) figure("null_energy", null_->all);
    if (null_) figure("consistency", null_->inconsistency);
    if (!spread_.bands.empty()) figure("seed_std", spread_.all);
  }

  Task& task_;
  const Wish& wish_;
  int64_t factor_;
  Tensor result_, original_, compared_;  // the last one is the original at the result's size
  Tensor hole_;                          // H x W, bool, where it is known
  double progress_ = 0;
  std::optional<NullSpace> null_;
  std::vector<PathShares> paths_;
  Spread spread_;
};

}  // namespace

Tensor provenance(Task& task) {
  const Wish wish = read_wish(task.options);
  return Measuring(task, wish)();
}

}  // namespace pentimento
