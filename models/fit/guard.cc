// SPDX-License-Identifier: GPL-3.0-or-later
#include "fit/guard.h"

#include <limits>

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kAlignment = 16;  // floats: a cache line, and what vector loads want

int64_t room_for(const Tensor& t) { return (t.numel() + kAlignment - 1) / kAlignment * kAlignment; }

}  // namespace

Guard::Guard(const std::vector<Tensor>& parameters) {
  int64_t size = 0;
  for (const Tensor& p : parameters) size += room_for(p);
  all_ = torch::zeros({size}, parameters.front().options().requires_grad(false));
  int64_t offset = 0;
  for (const Tensor& p : parameters) {
    const auto format = p.dim() == 4 ? torch::MemoryFormat::ChannelsLast : torch::MemoryFormat::Contiguous;
    const Tensor laid_out = p.detach().contiguous(format);
    const Tensor place = all_.as_strided(laid_out.sizes(), laid_out.strides(), offset);
    place.copy_(laid_out);
    p.set_data(place);
    offset += room_for(p);
  }
  accepted_ = all_.clone();
  accepted_loss_ = torch::full({1}, std::numeric_limits<double>::infinity(), all_.options().dtype(torch::kDouble));
}

Tensor Guard::accept(const Tensor& loss, const Tensor& active) {
  torch::NoGradGuard no_grad;
  constexpr double kFiveDecibels = 3.1623;
  const Tensor exact = loss.detach().to(torch::kDouble).view({1});
  const Tensor ok = torch::isfinite(exact) & (exact <= accepted_loss_ * kFiveDecibels);
  torch::where_out(all_, ok | ~active, all_, accepted_);
  accepted_.copy_(all_);
  accepted_loss_.copy_(torch::where(ok, exact, accepted_loss_));
  return ok;
}

}  // namespace pentimento
