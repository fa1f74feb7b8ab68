// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/pictures.h"

#include <cstring>

#include "errors.h"

namespace pentimento {

using torch::Tensor;

namespace {

void check(const PentimentoPicture& p) {
  if (p.data == nullptr || p.width < 1 || p.height < 1 || p.channels < 1 || p.channels > 4)
    throw Error(PENTIMENTO_BAD_INPUT, _("The picture is empty."));
}

}  // namespace

Tensor from_picture(const PentimentoPicture& p) {
  check(p);
  return torch::from_blob(p.data, {1, p.height, p.width, p.channels}, torch::kFloat)
      .permute({0, 3, 1, 2})
      .clone(torch::MemoryFormat::Contiguous);
}

void to_picture(const Tensor& tensor, PentimentoPicture& p) {
  check(p);
  if (tensor.size(1) != p.channels || tensor.size(2) != p.height || tensor.size(3) != p.width)
    throw Error(PENTIMENTO_BAD_INPUT, _("The result does not fit the picture that was prepared for it."));
  torch::from_blob(p.data, {1, p.height, p.width, p.channels}, torch::kFloat).copy_(tensor.permute({0, 2, 3, 1}));
}

InRange split_range(const Tensor& picture) {
  InRange r;
  Tensor finite = torch::isfinite(picture);
  r.repaired = finite.numel() - finite.sum().item<int64_t>();
  Tensor values = picture;
  if (r.repaired > 0) {
    values = torch::where(finite, picture, torch::zeros({}));
    // The mean of the good samples around, of the channel where there are none.
    const Tensor weight = finite.to(torch::kFloat);
    const Tensor near = torch::avg_pool2d(values.clamp(0, 1), 5, 1, 2), known = torch::avg_pool2d(weight, 5, 1, 2);
    const Tensor mean = values.clamp(0, 1).sum({2, 3}, true) / weight.sum({2, 3}, true).clamp_min(1);
    values = torch::where(finite, values, torch::where(known > 0, near / known.clamp_min(1e-6), mean));
  }
  r.picture = values.clamp(0, 1);
  r.excess = values - r.picture;
  return r;
}

bool is_grey(const Tensor& picture) { return torch::equal(picture, picture.slice(1, 0, 1).expand_as(picture)); }

Tensor extended(const Tensor& picture, int64_t side) {
  const int64_t down = std::max<int64_t>(0, side - picture.size(2));
  const int64_t right = std::max<int64_t>(0, side - picture.size(3));
  return torch::replication_pad2d(picture, {0, right, 0, down});
}

}  // namespace pentimento
