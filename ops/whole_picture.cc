// SPDX-License-Identifier: GPL-3.0-or-later
#include "whole_picture.h"

#include <algorithm>
#include <exception>
#include <new>
#include <optional>
#include <string>
#include <vector>

#include "buffers.h"
#include "estimate_signal.h"
#include "hints.h"
#include "holes.h"
#include "result_writer.h"

namespace pentimento {
namespace {

gboolean process(GeglOperation* operation, GeglOperationContext* context, const gchar* output_pad,
                 const GeglRectangle* result, gint level) {
  GObject* input = gegl_operation_context_get_object(context, "input");
  if (!input || !is_picture(input_extent(operation))) {
    if (input) gegl_operation_context_take_object(context, "output", G_OBJECT(g_object_ref(input)));
    return TRUE;
  }
  auto* parent = static_cast<GeglOperationClass*>(g_type_class_peek_parent(G_OBJECT_GET_CLASS(operation)));
  return parent->process(operation, context, output_pad, result, level);
}

Outcome restore(const Restoration& job, GeglBuffer* input, GeglBuffer* aux, GeglBuffer* output,
                const GeglRectangle& area) {
  const GeglRectangle from = input_extent(job.operation), to = output_extent(job.operation);
  const Babl* format = gegl_buffer_get_format(output);
  std::optional<Holes> holes;
  g_autoptr(GeglBuffer) empty = nullptr;
  if (job.aux == Aux::kHoles) {
    // GEGL hands over no buffer for a mask that lies elsewhere; but it is there, and says that there is no hole.
    const GeglRectangle* box = gegl_operation_source_get_bounding_box(job.operation, "aux");
    if (!aux && box && !gegl_rectangle_is_empty(box)) aux = empty = gegl_buffer_new(nullptr, babl_format("Y' u8"));
    holes.emplace(input, aux);
  }
  // Where nothing can be seen there is nothing to restore; but one hole without a rim is the engine's to refuse.
  if (!(holes && !aux) && !has_opaque_pixel(input, from)) return {};

  Outcome outcome;
  const PentimentoEngine* engine = engine_for_run(&outcome.error);
  if (!engine) return outcome;
  std::vector<Pixels> inputs;
  inputs.push_back(fetch_picture(input, from, babl_format_get_space(format)));
  if (aux && (job.aux == Aux::kPicture || job.aux == Aux::kOptionalPicture))
    inputs.push_back(fetch_picture(aux, from, babl_format_get_space(format)));
  if (aux && job.aux == Aux::kMask) inputs.push_back(fetch_mask(aux, from));
  if (aux && job.aux == Aux::kStrokes) inputs.push_back(fetch_strokes(aux, from));
  if (holes)
    if (auto mask = holes->fetch(from)) inputs.push_back(std::move(*mask));
  outcome = run_engine(*engine, job, inputs, to.width, to.height, babl_format_get_space(format));
  if (!outcome.result.pixels) return outcome;
  inputs.erase(inputs.begin() + 1, inputs.end());

  const bool same_size = gegl_rectangle_equal(&from, &to);
  Restored restored = {*outcome.result.pixels, same_size ? &inputs[0] : nullptr, to, {}};
  if (job.opaque)
    restored.change_alpha = [](const GeglRectangle& part, float* alpha) {
      std::fill_n(alpha, gsize(part.width) * part.height, 1.0f);
    };
  else if (holes)
    restored.change_alpha = [&](const GeglRectangle& part, float* alpha) { holes->fill_alpha(part, alpha); };
  // Of an enlarged picture alpha alone is wanted.
  if (same_size || babl_format_has_alpha(format)) copy_through(input, from, output, to, area, job.magnification);
  write_over(restored, output, area);
  return outcome;
}

// Sets a read-only property. Its notification reaches listeners of the operation and of its node, but not the node
// itself, which would take it for a changed parameter, drop the result and evaluate again, for ever. Listeners are
// told on the main thread only; who runs a node elsewhere reads the property when it has returned.
void set_message(GeglOperation* operation, const char* name, gchar** property, const std::string& text) {
  if (text == (*property ? *property : "")) return;
  g_free(*property);
  *property = g_strdup(text.c_str());
  if (!gegl_is_main_thread()) return;

  const auto node_handlers = static_cast<GSignalMatchType>(G_SIGNAL_MATCH_ID | G_SIGNAL_MATCH_DATA);
  const guint notify = g_signal_lookup("notify", G_TYPE_OBJECT);
  g_signal_handlers_block_matched(operation, node_handlers, notify, 0, nullptr, nullptr, operation->node);
  g_object_notify(G_OBJECT(operation), name);
  g_signal_handlers_unblock_matched(operation, node_handlers, notify, 0, nullptr, nullptr, operation->node);
  // What the node would have passed on to its own listeners.
  if (operation->node)
    g_object_notify_by_pspec(G_OBJECT(operation->node),
                             g_object_class_find_property(G_OBJECT_GET_CLASS(operation), name));
}

}  // namespace

void prepare_formats(GeglOperation* operation) {
  const Babl* format = lossless_format(gegl_operation_get_source_format(operation, "input"),
                                       gegl_operation_get_source_space(operation, "input"));
  gegl_operation_set_format(operation, "input", format);
  gegl_operation_set_format(operation, "output", format);
}

void whole_picture_class_init(GeglOperationClass* klass) {
  extents_class_init(klass);
  klass->prepare = prepare_formats;
  klass->process = process;
  klass->threaded = FALSE;
  estimate_signal_class_init(klass);
}

void restore_picture(const Restoration& job, GeglBuffer* input, GeglBuffer* aux, GeglBuffer* output,
                     const GeglRectangle* result) noexcept {
  run_guarded(job, input, output, result, [&] { return restore(job, input, aux, output, *result); });
}

void run_guarded(const Restoration& job, GeglBuffer* input, GeglBuffer* output, const GeglRectangle* result,
                 const std::function<Outcome()>& work) noexcept {
  Outcome outcome;
  try {
    if (job.refusal.empty())
      outcome = work();
    else
      outcome.error = job.refusal;
  } catch (const std::bad_alloc&) {
    outcome = {{}, out_of_memory()};
  } catch (const std::exception& e) {
    outcome = {{}, e.what()};
  }
  if (!outcome.result.pixels)
    copy_through(input, input_extent(job.operation), output, output_extent(job.operation), *result, job.magnification);

  const char* name = gegl_operation_get_name(job.operation);
  if (!outcome.error.empty()) g_warning("%s: %s", name, outcome.error.c_str());
  if (!outcome.result.notice.empty()) g_message("%s: %s", name, outcome.result.notice.c_str());
  set_message(job.operation, "error", job.error, outcome.error);
  set_message(job.operation, "notice", job.notice, outcome.result.notice);
}

}  // namespace pentimento
