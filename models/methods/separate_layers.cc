// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/separate_layers.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "errors.h"
#include "fit/loop.h"
#include "imaging/mixtures.h"
#include "imaging/noise.h"
#include "imaging/pictures.h"
#include "imaging/resample.h"
#include "losses/exclusion.h"
#include "methods/decomposition.h"
#include "nets/hourglass.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kSmallestSide = 16;
constexpr int64_t kPaddedSide = 64;                 // what four scales can work with
constexpr int64_t kSmoothnessPixels = 1024 * 1024;  // of the version that a single picture is split in
constexpr double kFlat = 2.0 / 255;                 // standard deviation of a picture without contents
constexpr double kSame = 1.6 / 255;                 // two pictures that differ by rounding alone
constexpr double kExclusion = 0.001;                // weight of the loss beside two pictures, which say nearly all,
constexpr double kExclusionAlone = 0.02;            // and beside one
constexpr double kGuided = 0.5;                     // weight of the classical estimate, while the fit begins
constexpr int64_t kBytesPerPixel = 5000;

struct Plan {
  int64_t iterations, pixels;
};

Plan plan_for(const FitSettings& settings, bool two) {
  Plan plan = {0, two ? 512 * 512 : 256 * 256};
  // Two pictures tell their layers so well that a short fit adds nothing (tests/bench/README.md).
  if (settings.quality == "balanced" && !two) plan.iterations = 300;
  if (settings.quality == "best") plan = {two ? 400 : 1500, two ? 768 * 768 : 384 * 384};
  if (settings.iterations > 0) plan.iterations = settings.iterations;
  return plan;
}

Parts parts_of(const Layers& layers, const Tensor& picture) {
  return {{"layer-1", layers.first},
          {"layer-2", layers.second},
          {"mask", torch::full({1, 1, picture.size(2), picture.size(3)}, layers.weight)}};
}

// Gradient energy at equal brightness.
double sharpness(const Tensor& layer) {
  const Tensor energy = torch::diff(layer, 1, 3).square().mean() + torch::diff(layer, 1, 2).square().mean();
  return (energy / (layer.square().mean() + 1e-4)).item<double>();
}

// The sharper layer first, or second.
Layers ordered(Layers layers, bool swap) {
  if ((sharpness(layers.first) < sharpness(layers.second)) != swap) {
    std::swap(layers.first, layers.second);
    layers.weight = 1 - layers.weight;
  }
  return layers;
}

class Separation {
 public:
  // `second` is undefined where there is no second picture.
  Separation(Monitor& monitor, const FitSettings& settings, bool swap, const Tensor& picture, const Tensor& second)
      : monitor_(monitor), settings_(settings), swap_(swap), picture_(picture), second_(second) {}

  Layers operator()() {
    const Layers classical = ordered(start(), swap_);
    monitor_.show(side_by_side(parts_of(classical, picture_)));
    const Plan plan = plan_for(settings_, second_.defined());
    if (plan.iterations == 0 || monitor_.keep()) return classical;
    Layers result = classical;
    with_less_memory(settings_.resources, [&](const Resources& resources) {
      monitor_.forget();
      result = fitted(classical, plan, resources);
      return result.first;
    });
    return result;
  }

  const std::string& notice() const { return settings_.resources.notice; }

 private:
  Layers start() const {
    if (second_.defined()) {
      const std::optional<Shares> shares = unmix(picture_, second_);
      if (!shares)
        throw Error(PENTIMENTO_BAD_INPUT,
                    _("The two pictures show the same mixture. Please take two in which the layers differ in strength, "
                      "or leave the second one out."));
      return layers_of(*shares, picture_);
    }
    const Tensor small = fit_within(picture_, kSmoothnessPixels);
    // A long strip may become too thin.
    if (std::min(small.size(2), small.size(3)) < kSmallestSide)
      return layers_of(split_by_smoothness(picture_), picture_);
    // The smooth layer loses nothing by being enlarged.
    const Tensor smooth = enlarge(split_by_smoothness(small).second, picture_.size(2), picture_.size(3));
    return layers_of({picture_ - smooth, smooth, {}}, picture_);
  }

  // Two coupled priors (equation 3 of the paper with a constant mask) on a small version, led by the classical layers.
  Layers fitted(const Layers& classical, const Plan& plan, const Resources& resources) {
    const int64_t most = std::min(plan.pixels, resources.pixels(kBytesPerPixel));
    const auto small = [&](const Tensor& t) { return fit_within(t, most); };
    const Tensor target = small(picture_), guide = small(torch::cat({classical.first, classical.second}, 1));
    const int64_t h = target.size(2), w = target.size(3), channels = picture_.size(1);
    const torch::Device device = resources.device;
    const auto prepared = [&](const Tensor& t) { return extended(t, kPaddedSide).to(device); };
    const Tensor one = prepared(target), led = prepared(guide);

    torch::manual_seed(settings_.seed);
    Problem problem;
    for (int i = 0; i < 2; ++i) {
      const auto network = std::make_shared<Hourglass>(HourglassOptions::uniform(2 * channels, 4, 32, 4, channels));
      network->to(device);
      problem.priors.push_back({network, led, 1.0 / 30});
    }
    const double m = classical.weight;
    const Tensor other = second_.defined() ? prepared(small(second_)) : Tensor();
    const Tensor mixing = second_.defined() ? mixture_of(guide, small(second_)).to(device) : Tensor();
    const bool second = second_.defined();
    const double half = static_cast<double>(plan.iterations) / 2;
    problem.loss = [=](const std::vector<Tensor>& outputs, const Iteration& iteration) {
      Tensor loss = torch::mse_loss(m * outputs[0] + (1 - m) * outputs[1], one);
      if (other.defined())
        loss = loss + torch::mse_loss(mixing[0] * outputs[0] + mixing[1] * outputs[1] + mixing[2], other);
      // Alone, a picture says too little of its layers to be left without a guide.
      const Tensor lead = kGuided * (1.2 - iteration.on_device.sum() / half).clamp_min(0.2);
      return loss + lead * torch::mse_loss(torch::cat({outputs[0], outputs[1]}, 1), led) +
             (second ? kExclusion : kExclusionAlone) * exclusion_loss(outputs[0], outputs[1]);
    };
    problem.estimate = [](const std::vector<Tensor>& outputs, const Iteration&) {
      return torch::cat({outputs[0], outputs[1]}, 1);
    };
    problem.replayable = true;
    const auto judged = [&](const Tensor& estimate) {
      const Tensor inner = estimate.to(torch::kCPU).slice(2, 0, h).slice(3, 0, w);
      return second_.defined() ? averaged(classical, inner - guide) : excluding(classical, inner - guide);
    };
    monitor_.expect(plan.iterations, one.size(2) * one.size(3) * 2);
    const Recipe recipe = {0.005, plan.iterations, 0.97, settings_.seed, {}};
    const FitResult result =
        fit(problem, recipe, monitor_, [&](const Tensor& e) { return side_by_side(parts_of(judged(e), picture_)); });
    return judged(result.estimate);
  }

  // The factors of both layers and the offset that make `mixture` of them.
  static Tensor mixture_of(const Tensor& layers, const Tensor& mixture) {
    const auto column = [](const Tensor& t) { return t.flatten().unsqueeze(1).to(torch::kDouble); };
    const int64_t channels = mixture.size(1);
    const Tensor x = torch::cat({column(layers.slice(1, 0, channels)), column(layers.slice(1, channels)),
                                 torch::ones({mixture.numel(), 1}, torch::kDouble)},
                                1);
    const Tensor ridge = 1e-6 * torch::eye(3, torch::kDouble);
    return torch::linalg_solve(torch::mm(x.t(), x) + ridge, torch::mv(x.t(), column(mixture).flatten()))
        .to(torch::kFloat);
  }

  // The classical layers changed by `change`, each as far as its share of `weights` says.
  Layers changed(const Layers& classical, const Tensor& change, double first, double second) const {
    const Tensor all = enlarge(change, picture_.size(2), picture_.size(3));
    const int64_t channels = picture_.size(1);
    return blended_to({classical.first + first * all.slice(1, 0, channels),
                       classical.second + second * all.slice(1, channels), classical.weight},
                      picture_);
  }

  // Of two pictures the classical layers are right but for noise, which telling them apart has amplified; the fit has
  // errors of its own. The weights of the least error, as both are independent.
  Layers averaged(const Layers& classical, const Tensor& change) const {
    const auto weight = [](const Tensor& layer, const Tensor& apart) {
      const double noise = estimate_noise(layer).square().mean().item<double>();
      return std::min(1.0, noise / (apart.square().mean().item<double>() + 1e-9));
    };
    const int64_t channels = picture_.size(1);
    return changed(classical, change, weight(classical.first, change.slice(1, 0, channels)),
                   weight(classical.second, change.slice(1, channels)));
  }

  // Of one picture: as far towards the fit as the layers have fewer edges in common.
  Layers excluding(const Layers& classical, const Tensor& change) const {
    Layers best = classical;
    double least = common_edges(classical);
    for (const double share : {0.25, 0.5, 0.75, 1.0}) {
      const Layers layers = changed(classical, change, share, share);
      const double edges = common_edges(layers);
      if (edges < least) least = edges, best = layers;
    }
    return best;
  }

  static double common_edges(const Layers& layers) {
    return exclusion_loss(layers.first, layers.second).item<double>();
  }

  Monitor& monitor_;
  FitSettings settings_;
  bool swap_;
  Tensor picture_, second_;
};

void check_contents(const Tensor& picture) {
  if (picture.std().item<double>() < kFlat)
    throw Error(PENTIMENTO_BAD_INPUT,
                _("The picture is of one tone, so there are no layers in it: please choose another one."));
}

}  // namespace

Tensor separate_layers(Task& task) {
  const Options& options = task.options;
  const bool swap = options.integer("swap", 0, 0, 1) == 1;
  const std::string output = options.choice("output", "layer-1", {"layer-1", "layer-2", "mask"});
  const FitSettings settings = read_fit_settings(options);
  if (task.inputs.empty() || task.inputs.size() > 2)
    throw Error(PENTIMENTO_BAD_INPUT, _("Separating layers takes one picture, or two of the same layers."));
  const Tensor& input = task.inputs[0];
  if (task.inputs.size() == 2 && (task.inputs[1].size(2) != input.size(2) || task.inputs[1].size(3) != input.size(3)))
    throw Error(PENTIMENTO_BAD_INPUT,
                _("The second picture has another size than the first one. Please align the two and crop them to the "
                  "same size."));
  if (std::min(input.size(2), input.size(3)) < kSmallestSide)
    throw Error(PENTIMENTO_BAD_INPUT,
                _("The picture is too small to tell layers apart: it needs at least 16 pixels a side."));

  std::vector<Tensor> pictures;
  int64_t repaired = 0;
  bool grey = true;
  for (const Tensor& t : task.inputs) {
    const InRange range = split_range(t);
    repaired += range.repaired;
    pictures.push_back(range.picture);
    check_contents(range.picture);
    grey = grey && is_grey(range.picture);
  }
  for (Tensor& t : pictures) t = grey ? t.slice(1, 0, 1) : t.expand({-1, 3, -1, -1});
  if (pictures.size() == 2 && (pictures[0] - pictures[1]).abs().max().item<double>() <= kSame)
    throw Error(PENTIMENTO_BAD_INPUT,
                _("The two pictures are the same. Please take two in which the layers differ in strength, or leave the "
                  "second one out."));
  return part_of(task, settings, pictures, "separate-layers" + std::to_string(swap), output, [&] {
    Separation separation(*task.monitor, settings, swap, pictures[0], pictures.size() > 1 ? pictures[1] : Tensor());
    const Parts parts = parts_of(separation(), pictures[0]);
    task.notice = separation.notice();
    if (task.notice.empty() && repaired > 0)
      task.notice = _("Some samples of the pictures were not numbers; they were filled from their surroundings.");
    return parts;
  });
}

}  // namespace pentimento
