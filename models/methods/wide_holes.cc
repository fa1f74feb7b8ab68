// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <memory>

#include "imaging/patch_fill.h"
#include "imaging/resample.h"
#include "methods/hole_fits.h"

namespace pentimento {

using torch::Tensor;

namespace {

// What goes five times by two must.
constexpr int64_t kMultiple = 32;

Tensor to_multiple(const Tensor& picture) {
  const auto missing = [](int64_t side) { return (kMultiple - side % kMultiple) % kMultiple; };
  return torch::replication_pad2d(picture, {0, missing(picture.size(3)), 0, missing(picture.size(2))});
}

// The paper's network for large holes ("library"), one scale less: no skip connections, which would leave a hole empty.
HourglassOptions library_network(int64_t out_channels) {
  HourglassOptions o;
  o.in_channels = 32;
  o.out_channels = out_channels;
  o.down = o.up = {16, 32, 64, 128, 128};
  o.skip = {0, 0, 0, 0, 0};
  o.upsampling = std::vector<Upsampling>(5, Upsampling::kNearest);
  return o;
}

}  // namespace

int64_t WideHoles::iterations() const {
  if (settings_.iterations > 0) return settings_.iterations;
  return settings_.quality == "fast" ? 200 : settings_.quality == "balanced" ? 1000 : 3000;
}

int64_t WideHoles::fitted_pixels(int64_t pixels) const {
  const int64_t most = settings_.quality == "fast"       ? 192 * 192
                       : settings_.quality == "balanced" ? 256 * 256
                                                         : 384 * 384;
  return std::min(pixels, most);
}

Tensor WideHoles::operator()(const Holes& holes, const Show& show) {
  const auto alive = [&] { monitor_.show({}); };
  const Tensor first = patch_fill(holes.picture, holes.known, {}, settings_.seed, alive);
  if (monitor_.show(show(first))) return first;

  const int64_t h = holes.picture.size(2), w = holes.picture.size(3), pixels = fitted_pixels(h * w);
  const Tensor share = fit_within(holes.known, pixels);
  const Tensor small = fit_within(holes.picture * holes.known, pixels) / share.clamp_min(1e-6);
  const torch::Device device = settings_.resources.device;
  const Tensor target = to_multiple(small).to(device), known = to_multiple((share > 0.5).to(torch::kFloat)).to(device);

  torch::manual_seed(settings_.seed);
  const auto network = std::make_shared<Hourglass>(library_network(holes.picture.size(1)));
  network->to(device);
  const Tensor z = (torch::rand({1, 32, target.size(2), target.size(3)}) * 0.1).to(device);
  const Problem problem = Problem::single(
      {network, z, 0}, [&](const Tensor& output) { return torch::mse_loss(output * known, target * known); });
  const auto structure = [&](const Tensor& estimate) {
    const Tensor inner = estimate.slice(2, 0, small.size(2)).slice(3, 0, small.size(3)).to(torch::kCPU).contiguous();
    return torch::where(holes.known > 0.5, holes.picture, enlarge(inner, h, w));
  };
  const Recipe recipe = {0.01, iterations(), 0.99, settings_.seed, {}};
  const FitResult result = fit(problem, recipe, monitor_, [&](const Tensor& e) { return show(structure(e)); });
  return patch_fill(holes.picture, holes.known, structure(result.estimate), settings_.seed, alive);
}

}  // namespace pentimento
