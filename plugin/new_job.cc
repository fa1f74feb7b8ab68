// SPDX-License-Identifier: GPL-3.0-or-later
#include "new_job.h"

#include "arguments.h"

namespace pentimento {

Job new_job(const Filter& filter, GimpProcedureConfig* config, const Target& target, bool all_parts) {
  const bool group = destination(filter, config) == Destination::kGroup;
  Job job{.operation = filter.operation,
          .input = target.input(),
          .aux = target.aux(),
          .configure = [&filter, config, group, frames = target.frames()](GeglNode* node) {
            apply_arguments(config, filter.operation, node);
            if (frames > 1) gegl_node_set(node, "frames", frames, nullptr);
            if (!group) return;
            for (const Setting& setting : filter.decomposition->exact)
              if (setting.property) gegl_node_set(node, setting.property, setting.value, nullptr);
          }};
  if (filter.note == Note::kWritten || !target.note().empty()) job.sidecar = target.note();
  if (!filter.decomposition) return job;
  job.layout = {.parts = Decomposition::kParts, .frames = target.frames(), .frame = target.frame()};
  if (all_parts || group)
    for (const Part& part : filter.decomposition->parts) job.outputs.push_back(part.output);
  return job;
}

}  // namespace pentimento
