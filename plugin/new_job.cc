// SPDX-License-Identifier: GPL-3.0-or-later
#include "new_job.h"

#include <string>

#include "arguments.h"

namespace pentimento {
namespace {

void ask_for_overlay(Job& job) {
  job.outputs = {"layer"};
  job.file = Exchange{"report"};
  job.format = babl_format_with_space("R'G'B'A u8", gegl_buffer_get_format(job.input));
}

std::string made_by(const Filter& filter, GimpProcedureConfig* config) {
  if (!filter.made_by_argument) return filter.made_by;
  char* value = nullptr;
  g_object_get(config, filter.made_by_argument, &value, nullptr);
  const Text owner(value);
  return std::string(filter.made_by) + "-" + value;
}

}  // namespace

Job new_job(const Filter& filter, GimpProcedureConfig* config, const Target& target, bool all_parts) {
  const bool group = destination(filter, config) == Destination::kGroup;
  Job job{.operation = filter.operation,
          .input = target.input(),
          .aux = target.aux(),
          .configure = [&filter, config, group, frames = target.frames()](GeglNode* node) {
            apply_arguments(config, filter, node);
            if (frames > 1) gegl_node_set(node, "frames", frames, nullptr);
            if (!group) return;
            for (const Setting& setting : filter.decomposition->exact)
              if (setting.property) gegl_node_set(node, setting.property, setting.value, nullptr);
          }};
  if (filter.note == Note::kWritten || !target.note().empty()) job.file = Exchange{"sidecar", target.note()};
  if (filter.destination == Destination::kAbove) ask_for_overlay(job);
  if (!filter.decomposition) return job;
  job.layout = {.parts = Decomposition::kParts, .frames = target.frames(), .frame = target.frame()};
  if (all_parts || group)
    for (const Part& part : filter.decomposition->parts) job.outputs.push_back(part.output);
  return job;
}

bool is_comparable(const Filter& filter, GimpProcedureConfig* config, const Target& target) {
  if (!filter.made_by || !GIMP_IS_LAYER(target.drawable())) return false;
  if (filter.decomposition && g_strcmp0(filter.decomposition->parts[chosen_part(filter, config)].output, "picture"))
    return false;
  const Destination to = destination(filter, config);
  return to == filter.destination || to == Destination::kFilter;
}

bool shows_invented(const Filter& filter, GimpProcedureConfig* config, const Target& target) {
  return is_on(config, kShowInvented) && is_comparable(filter, config, target);
}

Job new_invention_job(const Filter& filter, GimpProcedureConfig* config, const Target& target, GeglBuffer* result) {
  const bool grey = gimp_drawable_is_gray(target.drawable());
  Job job{.operation = "pentimento:provenance",
          .input = result,
          .aux = target.pixels(),
          .configure = [&filter, config, grey](GeglNode* node) {
            set_choice(node, "made-by", made_by(filter, config).c_str());
            apply_argument(config, "device", node);
            if (filter.made_by_argument) apply_argument(config, "weights", node);
            // A grey image has no other signal colour.
            if (grey) gegl_node_set(node, "color", Handle<GeglColor>(gegl_color_new("white")).get(), nullptr);
          }};
  ask_for_overlay(job);
  return job;
}

}  // namespace pentimento
