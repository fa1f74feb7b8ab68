// SPDX-License-Identifier: GPL-3.0-or-later
#include "fit/average.h"

namespace pentimento {

using torch::Tensor;

void Average::update(const Tensor& estimate, const Tensor& taken) {
  if (!value_.defined()) {
    value_ = torch::zeros_like(estimate);
    count_ = torch::zeros({}, estimate.options().dtype(torch::kDouble));
  }
  // The first one weighs 4 / 4.
  const Tensor weight = (4 / (count_ + 4)).clamp_min(1 - memory_).to(value_.scalar_type());
  value_.lerp_(torch::where(taken, estimate, value_), weight);
  count_.add_(taken.squeeze());
}

}  // namespace pentimento
