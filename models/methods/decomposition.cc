// SPDX-License-Identifier: GPL-3.0-or-later
#include "methods/decomposition.h"

#include <set>
#include <utility>

#include "errors.h"
#include "methods/memo.h"

namespace pentimento {

using torch::Tensor;

namespace {

struct Decomposition {
  std::string key, notice;
  Parts parts;
  bool stopped = false;          // by the user
  std::set<std::string> handed;  // parts that were asked for
};

Tensor in_color(const Tensor& picture) { return picture.expand({-1, 3, -1, -1}); }

}  // namespace

Tensor side_by_side(const Parts& parts) {
  std::vector<Tensor> pictures;
  for (const Part& part : parts) pictures.push_back(in_color(part.picture));
  return torch::cat(pictures, 3);
}

Tensor part_of(Task& task, const FitSettings& settings, const std::vector<Tensor>& pictures, const std::string& own,
               const std::string& output, const std::function<Parts()>& decompose) {
  // Never destroyed: at exit Torch's own globals may be gone before it.
  static auto* newest = new Decomposition;
  const std::string key = fit_key(settings, pictures, own);
  // Who asks for the same part again after having stopped the fit wants another one.
  if (newest->key != key || (newest->stopped && newest->handed.count(output))) {
    *newest = {};
    Parts parts = decompose();
    *newest = {key, task.notice, std::move(parts), task.monitor->keep(), {}};
  }
  task.notice = newest->notice;
  newest->handed.insert(output);
  for (const Part& part : newest->parts)
    if (part.name == output) return in_color(part.picture).contiguous();
  throw Error(PENTIMENTO_FAILED, format(_("This engine cannot use the given value of the setting \"%s\"."), "output"));
}

Tensor as_frames(const Tensor& strip, int64_t frames) {
  if (strip.size(2) % frames != 0)
    throw Error(PENTIMENTO_BAD_INPUT,
                _("The frames must be of the same size, one below the other: the picture's height is no multiple of "
                  "their number."));
  if (frames == 1) return strip;
  return strip.reshape({strip.size(1), frames, strip.size(2) / frames, strip.size(3)}).transpose(0, 1).contiguous();
}

Tensor as_strip(const Tensor& frames) {
  if (frames.size(0) == 1) return frames;
  return frames.transpose(0, 1).reshape({1, frames.size(1), frames.size(0) * frames.size(2), frames.size(3)});
}

}  // namespace pentimento
