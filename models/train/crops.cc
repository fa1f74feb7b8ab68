// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/crops.h"

#include <random>
#include <stdexcept>
#include <string>

namespace pentimento {

using torch::Tensor;

CropSource::CropSource(const std::vector<Picture>& pictures, int64_t side, const torch::Device& device) : side_(side) {
  std::vector<Tensor> flat;
  int64_t offset = 0;
  for (const Picture& picture : pictures) {
    const int64_t height = picture.bytes.size(1), width = picture.bytes.size(2);
    if (height < side || width < side)
      throw std::runtime_error(picture.name + " is smaller than crops of " + std::to_string(side) +
                               " pixels: leave it out, or take smaller crops.");
    shapes_.push_back({offset, height, width});
    flat.push_back(picture.bytes.flatten());
    offset += picture.bytes.numel();
  }
  bytes_ = torch::cat(flat).to(device);
}

std::vector<Crop> CropSource::draw(int64_t count, uint64_t seed, uint64_t round) const {
  // Numbers that depend on seed and round alone: nothing to store for those who resume.
  std::seed_seq seeds{seed >> 32, seed & 0xffffffff, round >> 32, round & 0xffffffff};
  std::mt19937_64 generator(seeds);
  const auto below = [&](int64_t n) { return static_cast<int64_t>(generator() % static_cast<uint64_t>(n)); };
  std::vector<Crop> crops;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t picture = below(static_cast<int64_t>(shapes_.size()));
    const Shape& shape = shapes_[static_cast<size_t>(picture)];
    const int64_t top = below(shape.height - side_ + 1), left = below(shape.width - side_ + 1);
    crops.push_back({picture, top, left, below(8)});
  }
  return crops;
}

Tensor CropSource::cut(const std::vector<Crop>& crops) const {
  // Where a crop's first sample lies, and how far its next row, column and channel are from there.
  const auto count = static_cast<int64_t>(crops.size());
  const Tensor walk = torch::empty({4, count, 1, 1, 1}, torch::kLong);
  int64_t* at = walk.data_ptr<int64_t>();
  for (const Crop& crop : crops) {
    const Shape& shape = shapes_[static_cast<size_t>(crop.picture)];
    int64_t row = shape.width, column = 1, start = shape.offset + crop.top * shape.width + crop.left;
    if (crop.symmetry & 1) start += (side_ - 1) * row, row = -row;
    if (crop.symmetry & 2) start += (side_ - 1) * column, column = -column;
    if (crop.symmetry & 4) std::swap(row, column);
    at[0] = start;
    at[count] = row;
    at[2 * count] = column;
    at[3 * count] = shape.height * shape.width;
    ++at;
  }
  const Tensor there = walk.to(bytes_.device());
  const auto steps = [&](int64_t n) { return torch::arange(n, there.options()); };
  const Tensor indices = there[0] + there[1] * steps(side_).view({1, 1, -1, 1}) +
                         there[2] * steps(side_).view({1, 1, 1, -1}) + there[3] * steps(3).view({1, -1, 1, 1});
  return bytes_.take(indices);
}

}  // namespace pentimento
