// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace pentimento {

// How many rows of a matrix of regressors are of which kind, in this order; the last row of it is what they explain.
struct Regressors {
  int64_t copy;      // a local copy of the original; the first is the constant 1
  int64_t beyond;    // what else the original holds: only what these tell beyond the copy counts as theirs
  int64_t features;  // abstract features: what they tell, be it in the copy, too, or not
  int64_t count() const { return copy + beyond + features; }
};

// Ordinary least squares four times over: by the constant, by the copy, by the abstract part (beyond and features), by
// both.
struct Explained {
  double total, copy, abstract, both;  // residual variances, corrected for the degrees of freedom used up
  torch::Tensor residuals;             // 4 x n in that order, double
};

// rows: (count() + 1) x n, n > count(), of which float's precision is looked at; computed in double.
Explained explain(const torch::Tensor& rows, const Regressors& regressors);

}  // namespace pentimento
