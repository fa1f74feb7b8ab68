// SPDX-License-Identifier: GPL-3.0-or-later
#include "imaging/jpeg_planes.h"

#include "imaging/dct_blocks.h"

namespace pentimento {

using torch::Tensor;

namespace {

constexpr int64_t kN = kDctBlock;

Tensor ycc_matrix() {
  constexpr double r = 0.299, g = 0.587, b = 0.114;
  return torch::tensor({r, g, b, -r / (2 - 2 * b), -g / (2 - 2 * b), 0.5, 0.5, -g / (2 - 2 * r), -b / (2 - 2 * r)},
                       torch::kDouble)
      .view({3, 3});
}

Tensor recombine(const Tensor& matrix, const Tensor& planes) {
  return torch::einsum("ij,jhw->ihw", {matrix.to(planes.options()), planes});
}

}  // namespace

Tensor to_ycc(const Tensor& picture) {
  return picture.size(1) == 1 ? picture.squeeze(0) : recombine(ycc_matrix(), picture.squeeze(0));
}

Tensor from_ycc(const Tensor& planes) {
  return (planes.size(0) == 1 ? planes : recombine(torch::linalg_inv(ycc_matrix()), planes)).unsqueeze(0);
}

Tensor subsample(const Tensor& plane, Sampling s) {
  if (s.full()) return plane;
  return torch::avg_pool2d(plane.unsqueeze(0), {s.down, s.across}).squeeze(0);
}

Tensor upsample(const Tensor& plane, Sampling s) {
  if (s.full()) return plane;
  // Bilinear enlarging by two is that triangle filter.
  const std::vector<int64_t> size = {plane.size(0) * s.down, plane.size(1) * s.across};
  return torch::upsample_bilinear2d(plane.unsqueeze(0).unsqueeze(0), size, false).squeeze(0).squeeze(0);
}

Tensor undo_upsample(const Tensor& plane, Sampling s) {
  Tensor samples = subsample(plane, s);
  if (s.full()) return samples;
  // Richardson's iteration: subsample(upsample()) has eigenvalues of 1/4 to 1.
  for (int step = 0; step < 30; ++step) samples = samples + subsample(plane - upsample(samples, s), s);
  return samples;
}

Tensor to_blocks(const Tensor& plane) {
  const Tensor c = dct_matrix(kN).to(plane.options());
  const Tensor pixels = plane.reshape({plane.size(0) / kN, kN, plane.size(1) / kN, kN}).permute({0, 2, 1, 3});
  return torch::matmul(torch::matmul(c, pixels), c.t());
}

Tensor from_blocks(const Tensor& blocks) {
  const Tensor c = dct_matrix(kN).to(blocks.options());
  const Tensor pixels = torch::matmul(torch::matmul(c.t(), blocks), c);
  return pixels.permute({0, 2, 1, 3}).reshape({blocks.size(0) * kN, blocks.size(1) * kN});
}

}  // namespace pentimento
