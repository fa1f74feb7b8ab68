// SPDX-License-Identifier: GPL-3.0-or-later
#include "measures/regression.h"

#include <ATen/ops/cholesky_solve.h>
#include <ATen/ops/linalg_cholesky.h>

#include <algorithm>

#include "measures/gram.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr double kRidge = 1e-10;  // of regressors of unit length: so that dependent ones can be solved for

Tensor solved(const Tensor& gram, const Tensor& right) {
  const Tensor ridged = gram + kRidge * torch::eye(gram.size(0), gram.options());
  return at::cholesky_solve(right, at::linalg_cholesky(ridged));
}

}  // namespace

Explained explain(const Tensor& rows, const Regressors& regressors) {
  const int64_t count = regressors.count(), copy = regressors.copy, beyond = regressors.beyond;
  const int64_t features = regressors.features, rest = beyond + features;
  const double n = static_cast<double>(rows.size(1));
  const Tensor samples = rows.to(torch::kFloat);
  Tensor gram = gram_matrix(samples);
  const Tensor length = gram.diagonal().clamp_min(1e-30).sqrt();
  gram = gram / length.unsqueeze(0) / length.unsqueeze(1);
  const auto part = [](const Tensor& t, int64_t row, int64_t height, int64_t column, int64_t width) {
    return t.narrow(0, row, height).narrow(1, column, width);
  };

  // Rows: total, copy, abstract, both.
  Tensor weights = torch::zeros({4, count}, gram.options());
  weights[0][0] = gram[0][count];
  // What of each other row, the target last, the copy explains, and what is left of their Gram matrix.
  const Tensor by_copy = solved(part(gram, 0, copy, 0, copy), part(gram, 0, copy, copy, rest + 1));
  weights[1].narrow(0, 0, copy).copy_(by_copy.select(1, rest));
  if (rest > 0) {
    const Tensor left =
        part(gram, copy, rest + 1, copy, rest + 1) - torch::mm(part(gram, copy, rest + 1, 0, copy), by_copy);
    const Tensor more = solved(part(left, 0, rest, 0, rest), part(left, 0, rest, rest, 1));
    weights[3].narrow(0, copy, rest).copy_(more.squeeze(1));
    weights[3]
        .narrow(0, 0, copy)
        .copy_(by_copy.select(1, rest) - torch::mv(by_copy.narrow(1, 0, rest), more.squeeze(1)));

    // The abstract part alone: the constant and the features as they are, and of `beyond` what is orthogonal to the
    // copy.
    const Tensor own = torch::cat({torch::zeros({1}, torch::kLong), torch::arange(copy + beyond, count + 1)});
    const Tensor plain = gram.index_select(0, own).index_select(1, own);
    const Tensor across =
        torch::cat({torch::zeros({1, beyond}, gram.options()), part(left, beyond, features + 1, 0, beyond)});
    const Tensor alone =
        torch::cat({torch::cat({part(left, 0, beyond, 0, beyond), across.t()}, 1), torch::cat({across, plain}, 1)});
    const int64_t used = beyond + 1 + features;
    const Tensor w = solved(part(alone, 0, used, 0, used), part(alone, 0, used, used, 1)).squeeze(1);
    weights[2].narrow(0, copy, beyond).copy_(w.narrow(0, 0, beyond));
    weights[2].narrow(0, copy + beyond, features).copy_(w.narrow(0, beyond + 1, features));
    weights[2].narrow(0, 0, copy).copy_(-torch::mv(by_copy.narrow(1, 0, beyond), w.narrow(0, 0, beyond)));
    weights[2].narrow(0, 0, 1).add_(w[beyond]);
  } else {
    weights[2].copy_(weights[0]);
    weights[3].copy_(weights[1]);
  }

  weights = weights * length[count] / length.narrow(0, 0, count);
  Explained result;
  result.residuals = samples[count] - weighted_sums(weights, samples.narrow(0, 0, count));
  const Tensor sums = result.residuals.square().sum(1);
  const auto variance = [&](int64_t i, int64_t used) {
    return sums[i].item<double>() / std::max(n - static_cast<double>(used), 1.0);
  };
  result.total = variance(0, 1);
  result.copy = variance(1, copy);
  result.abstract = variance(2, rest + 1);
  result.both = variance(3, count);
  return result;
}

}  // namespace pentimento
