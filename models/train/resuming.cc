// SPDX-License-Identifier: GPL-3.0-or-later
#include "train/resuming.h"

#include <cstdlib>
#include <stdexcept>

#include "train/session.h"
#include "weights/rescaling_weights.h"
#include "weights/safetensors.h"

namespace pentimento {

namespace {

constexpr int64_t kBlocks = 8;  // the paper's, at each level

int64_t scale_of(const std::string& weights, int64_t otherwise) {
  const auto metadata = read_safetensors(weights).metadata;
  const auto scale = metadata.find("scale");
  return scale == metadata.end() ? otherwise : std::atoll(scale->second.c_str());
}

}  // namespace

std::shared_ptr<Rescaling> first_network(int64_t scale, std::vector<int64_t> blocks, const std::string& resume) {
  const std::shared_ptr<Rescaling> old = resume.empty() ? nullptr : read_rescaling(resume, scale_of(resume, scale));
  if (blocks.empty() && old)
    for (const Rescaling::Level& level : old->levels()) blocks.push_back(static_cast<int64_t>(level.size()));
  if (blocks.empty()) blocks.push_back(kBlocks);
  while (int64_t{1} << blocks.size() < scale) blocks.push_back(blocks.back());
  auto network = std::make_shared<Rescaling>(blocks);
  if (network->scale() != scale || (old && !copy_blocks(*old, *network)))
    throw std::runtime_error(
        "The weights to resume from have more blocks or a larger scale: give --blocks and --scale that "
        "hold them.");
  return network;
}

void save(const std::string& weights, const Trainer& trainer, double seconds, bool done) {
  write_rescaling(weights, trainer.average(), {{"steps", std::to_string(trainer.steps())}});
  if (done)
    remove_state(weights);
  else
    save_state(weights, {trainer.state(), seconds});
}

double resume(const std::string& weights, Trainer& trainer) {
  const Interrupted found = read_state(weights);
  return trainer.restore(found.state) ? found.seconds : 0;
}

}  // namespace pentimento
