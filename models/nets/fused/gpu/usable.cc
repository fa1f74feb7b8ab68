// SPDX-License-Identifier: GPL-3.0-or-later
#include <ATen/autocast_mode.h>

#include <functional>
#include <map>
#include <mutex>
#include <tuple>
#include <vector>

#include "nets/fused/gpu/kernels.h"
#include "nets/fused/gpu/steps.h"

namespace pentimento::gpu {

using torch::Tensor;

namespace {

// Numbers that look random and are no draws: a fit's own must not change.
Tensor scattered(at::IntArrayRef shape, const Tensor& like) {
  const Tensor line = torch::arange(c10::multiply_integers(shape), like.options().dtype(torch::kFloat));
  Tensor picture = (line.square() * 0.37 + line).sin().view(shape);
  if (picture.dim() == 4) picture = picture.to(like.scalar_type()).contiguous(torch::MemoryFormat::ChannelsLast);
  return picture.requires_grad_();
}

using Step = std::function<Tensor(const std::vector<Tensor>&)>;

// Whether both give about the same values, and on the whole the same gradients: of those some may differ, where
// rounding decides on which side of an activation's bend a sample lies. `plain` works in single precision.
bool agree(const std::vector<Tensor>& inputs, const Step& kernels, const Step& plain) {
  std::vector<Tensor> exact;
  for (const Tensor& t : inputs) exact.push_back(t.detach().to(torch::kFloat).requires_grad_());
  const Tensor ours = kernels(inputs), theirs = plain(exact);
  const bool single = inputs[0].scalar_type() == torch::kFloat;
  if (!torch::allclose(ours.to(torch::kFloat), theirs, single ? 1e-3 : 3e-2, single ? 1e-3 : 3e-2)) return false;
  const Tensor from_above = scattered(ours.sizes(), ours).detach();
  const auto mine = torch::autograd::grad({ours}, inputs, {from_above});
  const auto right = torch::autograd::grad({theirs}, exact, {from_above.to(theirs.scalar_type())});
  for (size_t i = 0; i < inputs.size(); ++i) {
    const double apart = (mine[i].to(torch::kFloat) - right[i]).abs().mean().item<double>();
    if (!(apart <= (single ? 1e-3 : 2e-2) * right[i].abs().mean().item<double>())) return false;
  }
  return true;
}

Tensor widened(const Tensor& picture, int64_t channels) {
  return torch::constant_pad_nd(picture, {0, 0, 0, 0, 0, channels - picture.size(1)});
}

bool agree_on_all(const Tensor& like, int lanes) {
  const int64_t c = 3 * lanes, wide = whole(like.scalar_type(), c);
  const auto picture = [&](int64_t channels, int64_t h, int64_t w) { return scattered({1, channels, h, w}, like); };
  // By one kernel, and by three.
  for (const int64_t side : {6, 50})
    if (!agree(
            {picture(c, side, side), scattered({c}, like), scattered({c}, like)},
            [](const auto& in) { return normalise_activate_pad(in[0], in[1], in[2], 0.2, 1); },
            [](const auto& in) {
              const Tensor normal = torch::batch_norm(in[0], in[1], in[2], {}, {}, true, 0, 1e-5, false);
              return torch::reflection_pad2d(torch::leaky_relu(normal, 0.2), {1, 1, 1, 1});
            }))
      return false;
  return agree(
             {picture(c, 5, 6)}, [](const auto& in) { return pad_reflected(in[0], 1); },
             [&](const auto& in) { return widened(torch::reflection_pad2d(in[0], {1, 1, 1, 1}), wide); }) &&
         agree(
             {picture(c, 5, 6), picture(lanes, 3, 3)}, [](const auto& in) { return join_enlarged(in[0], in[1]); },
             [&](const auto& in) {
               const Tensor large = torch::upsample_bilinear2d(in[1], {6, 6}, false).slice(2, 0, 5);
               return widened(torch::cat({in[0], large}, 1), whole(like.scalar_type(), c + lanes));
             }) &&
         agree(
             {picture(c, 5, 6), scattered({3, c}, like), scattered({3}, like)},
             [&](const auto& in) { return convolve_to_few(in[0], in[1].view({3, c, 1, 1}), in[2], torch::kFloat); },
             [&](const auto& in) {
               return (in[0].permute({0, 2, 3, 1}).matmul(in[1].t()) + in[2]).permute({0, 3, 1, 2});
             });
}

bool works(const Tensor& like, int lanes) {
  const torch::AutoGradMode with_gradients(true);
  const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
  try {
    return agree_on_all(like, lanes);
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

bool usable(const Tensor& picture) {
  Kernels* kernels = kernels_of(picture.device());
  const torch::ScalarType element = picture.scalar_type();
  if (!kernels || (element != torch::kFloat && element != torch::kBFloat16) || picture.dim() != 4 ||
      picture.size(0) != 1 || !picture.is_contiguous(torch::MemoryFormat::ChannelsLast))
    return false;
  const int lanes = lanes_of(element, picture.size(1));
  const auto bytes = static_cast<uintptr_t>(lanes) * c10::elementSize(element);
  if (picture.size(1) / lanes > kernels::kThreads || reinterpret_cast<uintptr_t>(picture.const_data_ptr()) % bytes != 0)
    return false;

  static std::mutex mutex;
  static auto* const known = new std::map<std::tuple<Kernels*, torch::ScalarType, int>, bool>;
  const std::lock_guard lock(mutex);
  const auto [entry, is_new] = known->try_emplace({kernels, element, lanes}, false);
  if (is_new) entry->second = works(picture, lanes);
  return entry->second;
}

}  // namespace pentimento::gpu
