// SPDX-License-Identifier: GPL-3.0-or-later
#include "measures/spread.h"

#include <cmath>

#include "measures/pyramid.h"

namespace pentimento {

using torch::Tensor;

Spread spread(int64_t seeds, const std::function<Tensor(int64_t)>& make) {
  // Running means and sums of squared deviations (Welford 1962): the bands, and last the luminance.
  std::vector<Tensor> means, deviations;
  int64_t made = 0;
  for (int64_t seed = 0; seed < seeds; ++seed) {
    const Tensor picture = make(seed);
    if (!picture.defined()) break;
    ++made;
    const Tensor plane = luminance(picture)[0][0];
    std::vector<Tensor> planes = measured_bands(plane);
    planes.push_back(plane.clone());
    if (made == 1) {
      means = planes;
      for (const Tensor& p : planes) deviations.push_back(torch::zeros_like(p));
      continue;
    }
    for (size_t i = 0; i < planes.size(); ++i) {
      const Tensor off = planes[i] - means[i];
      means[i] = means[i] + off / static_cast<double>(made);
      deviations[i] = deviations[i] + off * (planes[i] - means[i]);
    }
  }
  Spread result;
  if (made < 2) return result;
  for (const Tensor& d : deviations)
    result.bands.push_back(255 * std::sqrt(d.mean().item<double>() / static_cast<double>(made - 1)));
  result.all = result.bands.back();
  result.bands.pop_back();
  return result;
}

}  // namespace pentimento
