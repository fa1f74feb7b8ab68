// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/rescale.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "errors.h"
#include "fit/resources.h"
#include "imaging/pictures.h"
#include "imaging/resample.h"
#include "nets/fused/coupling.h"
#include "weights/rescaling_weights.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kReach = 2 * DenseBlock::kConvolutions;  // how far a coupling block looks, in pixels
constexpr int64_t kBytesPerPixel = 2400;                   // of a coupling block on a GPU

struct Setting {
  int64_t scale;
  Resources resources;
  std::shared_ptr<Rescaling> network;
};

Setting read_setting(const Options& options) {
  const int64_t scale = options.integer("scale", 2, 2, 8);
  const std::string weights = options.text("weights", "");
  Resources resources = read_resources(options);
  return {scale, std::move(resources), read_rescaling(weights, scale)};
}

// Of 1 x C x H x W on a GPU: `block` or its inverse, band by band, as memory allows.
Tensor couple_in_bands(const CouplingBlock& block, const Tensor& state, bool inverse, const Resources& resources) {
  const int64_t height = state.size(2), rows = std::max<int64_t>(resources.pixels(kBytesPerPixel) / state.size(3), 1);
  std::vector<Tensor> bands;
  for (int64_t top = 0; top < height; top += rows) {
    const int64_t bottom = std::min(top + rows, height), first = std::max<int64_t>(top - kReach, 0);
    const Tensor band = state.slice(2, first, std::min(bottom + kReach, height));
    const Tensor made = inverse ? block.inverse(band, torch::kFloat) : block.forward(band, torch::kFloat);
    bands.push_back(made.slice(2, top - first, bottom - first));
  }
  return torch::cat(bands, 2);
}

Tensor shrink_in_bands(const Rescaling& network, const Tensor& picture, const Resources& resources, const Done& done) {
  Tensor x = picture;
  for (size_t l = 0; l < network.levels().size(); ++l) {
    x = haar(x);
    for (const auto& block : network.levels()[l]) {
      x = couple_in_bands(*block, x, false, resources);
      done(l);
    }
  }
  return x.slice(1, 0, 3);
}

Tensor enlarge_in_bands(const Rescaling& network, const Tensor& small, const Resources& resources, const Done& done) {
  Tensor x = network.join(small, {});
  for (size_t l = network.levels().size(); l-- > 0;) {
    const Rescaling::Level& level = network.levels()[l];
    for (auto block = level.rbegin(); block != level.rend(); ++block) {
      x = couple_in_bands(**block, x, true, resources);
      done(l);
    }
    x = inverse_haar(x);
  }
  return x;
}

// Runs the network on `input`, on the GPU or the CPU that the setting names, and tells the monitor.
Tensor run(Task& task, Setting& setting, const Tensor& input, bool up) {
  const torch::NoGradGuard no_grad;
  const int64_t pixels = input.size(2) * input.size(3) * (up ? setting.scale * setting.scale : 1);
  // A block's multiplications: progress is told by these.
  const auto work = [&](size_t level) {
    int64_t weights = 0;
    for (const Tensor& p : setting.network->levels()[level][0]->parameters()) weights += p.numel();
    return weights * (pixels >> 2 * (level + 1));
  };
  const Done done = [&](size_t level) {
    task.monitor->step(work(level), [] { return std::nan(""); }, [] { return Tensor(); });
  };
  const Tensor result = with_less_memory(setting.resources, [&](const Resources& resources) {
    task.monitor->forget();
    for (size_t l = 0; l < setting.network->levels().size(); ++l)
      if (const auto blocks = static_cast<int64_t>(setting.network->levels()[l].size()); blocks > 0)
        task.monitor->expect(blocks, work(l));
    if (resources.device.is_cpu())
      return up ? enlarge_on_cpu(*setting.network, input, {}, done)
                : shrink_on_cpu(*setting.network, input, done).small;
    setting.network->to(resources.device);
    const Tensor there = input.to(resources.device);
    return (up ? enlarge_in_bands(*setting.network, there, resources, done)
               : shrink_in_bands(*setting.network, there, resources, done))
        .to(torch::kCPU);
  });
  if (!setting.resources.notice.empty()) task.notice = setting.resources.notice;
  return result;
}

// What the network gets of a picture, three channels in 0..1, and what it does not get.
struct Prepared {
  Tensor picture, excess;
  bool grey;
};

Prepared prepare(Task& task) {
  if (task.inputs.size() != 1) throw Error(PENTIMENTO_BAD_INPUT, _("Rescaling takes one picture."));
  const InRange range = split_range(task.inputs[0]);
  if (range.repaired > 0)
    task.notice = _("Some samples of the picture were not numbers; they were filled from their surroundings.");
  return {range.picture.expand({1, 3, -1, -1}), range.excess, is_grey(range.picture)};
}

// A picture in 0..1 in the channels of the one that was asked about.
Tensor finished(const Task& task, const Tensor& made, const Tensor& excess) {
  return made.expand({1, task.inputs[0].size(1), -1, -1}) + excess;
}

}  // namespace

Tensor rescale_down(Task& task) {
  Setting setting = read_setting(task.options);
  Prepared prepared = prepare(task);
  const auto beyond = [&](int64_t side) { return (setting.scale - side % setting.scale) % setting.scale; };
  const int64_t below = beyond(prepared.picture.size(2)), beside = beyond(prepared.picture.size(3));
  const auto whole = [&](const Tensor& picture) {
    return below + beside > 0 ? torch::replication_pad2d(picture, {0, beside, 0, below}) : picture;
  };
  // First what takes as much memory as the picture and can go then.
  const Tensor excess = whole(prepared.excess);
  const Tensor small_excess = area_shrink(excess, excess.size(2) / setting.scale, excess.size(3) / setting.scale);
  prepared.excess = Tensor();
  const Tensor small = run(task, setting, whole(prepared.picture), false);
  return finished(task, round_to_8_bits(prepared.grey ? small.mean(1, true) : small), small_excess);
}

Tensor rescale_up(Task& task) {
  const int64_t scale = task.options.integer("scale", 2, 2, 8);
  const auto side = [&](const char* name, int64_t dimension) {
    const int64_t n = task.inputs.empty() ? 1 : task.inputs[0].size(dimension);
    return task.options.integer(name, n * scale, (n - 1) * scale + 1, n * scale);
  };
  const int64_t height = side("height", 2), width = side("width", 3);
  Setting setting = read_setting(task.options);
  const Prepared prepared = prepare(task);
  const Tensor large = run(task, setting, prepared.picture, true);
  const auto cut = [&](const Tensor& picture) { return picture.slice(2, 0, height).slice(3, 0, width); };
  return finished(task, cut(prepared.grey ? large.mean(1, true) : large).clamp(0, 1),
                  cut(enlarge(prepared.excess, large.size(2), large.size(3))));
}

}  // namespace pentimento
