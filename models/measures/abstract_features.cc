// SPDX-License-Identifier: GPL-3.0-or-later
#include "measures/abstract_features.h"

#include <ATen/ops/linalg_eigh.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "imaging/resample.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kPixels = 1 << 20;
constexpr int64_t kComponents = 8;     // of each kind
constexpr double kNegligible = 1e-10;  // variance of a component

// M x h x w -> its principal components, at most kComponents.
Tensor principal(const Tensor& planes) {
  Tensor rows = planes.flatten(1);
  rows = rows - rows.mean(1, true);
  const Tensor wide = rows.to(torch::kDouble);
  const auto [values, vectors] = at::linalg_eigh(torch::mm(wide, wide.t()) / static_cast<double>(rows.size(1)));
  int64_t n = std::min(kComponents, rows.size(0));
  const Tensor variance = values.flip(0);
  while (n > 0 && variance[n - 1].item<double>() < kNegligible) --n;
  const Tensor axes = vectors.flip(1).narrow(1, 0, n) / variance.narrow(0, 0, n).sqrt();
  return torch::mm(axes.t().to(torch::kFloat), rows).view({n, planes.size(1), planes.size(2)});
}

}  // namespace

Tensor abstract_features(const Restorer& network, const Tensor& picture) {
  const torch::NoGradGuard no_grad;
  const Tensor small = fit_within(picture, kPixels);
  const int64_t h = small.size(2), w = small.size(3);
  const auto beyond = [&](int64_t side) {
    return (network.multiple() - side % network.multiple()) % network.multiple();
  };
  const Tensor padded = torch::replication_pad2d(small, {0, beyond(w), 0, beyond(h)});
  const Restorer::Abstraction made = network.abstraction(network.detail(padded));
  if (!made.deepest.defined()) return {};
  const int64_t rows = padded.size(2) / 2, columns = padded.size(3) / 2;
  const auto half = [&](const Tensor& t) {
    return enlarge(t.contiguous(), rows, columns)[0].slice(1, 0, (h + 1) / 2).slice(2, 0, (w + 1) / 2);
  };
  std::vector<Tensor> handed_on = {half(made.joined)};
  if (made.field.defined()) handed_on.push_back(half(made.field));
  return torch::cat({principal(half(made.deepest)), principal(torch::cat(handed_on))});
}

}  // namespace pentimento
