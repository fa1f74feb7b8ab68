// SPDX-License-Identifier: GPL-3.0-or-later
#include "whole_picture.h"

#include <glib/gi18n-lib.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <new>
#include <string>

#include "engine_loader.h"
#include "estimate_signal.h"
#include "pixels.h"
#include "result_cache.h"

namespace pentimento {
namespace {

// About five results of four megapixels each.
constexpr size_t kCacheBytes = size_t{256} << 20;

GeglRectangle input_extent(GeglOperation* operation) {
  const GeglRectangle* box = gegl_operation_source_get_bounding_box(operation, "input");
  return box ? *box : GeglRectangle{0, 0, 0, 0};
}

bool is_picture(const GeglRectangle& extent) {
  return !gegl_rectangle_is_empty(&extent) && !gegl_rectangle_is_infinite_plane(&extent);
}

GeglRectangle whole_or_roi(GeglOperation* operation, const GeglRectangle* roi) {
  const GeglRectangle extent = input_extent(operation);
  return is_picture(extent) ? extent : *roi;
}

GeglRectangle get_required_for_output(GeglOperation* operation, const gchar*, const GeglRectangle* roi) {
  return whole_or_roi(operation, roi);
}

GeglRectangle get_cached_region(GeglOperation* operation, const GeglRectangle* roi) {
  return whole_or_roi(operation, roi);
}

GeglRectangle get_invalidated_by_change(GeglOperation* operation, const gchar*, const GeglRectangle* roi) {
  return whole_or_roi(operation, roi);
}

// Non-linear float in the picture's own space, with alpha and colour only where the input has them.
void prepare(GeglOperation* operation) {
  const Babl* source = gegl_operation_get_source_format(operation, "input");
  const bool grey = source && (babl_get_model_flags(babl_format_get_model(source)) & BABL_MODEL_FLAG_GRAY);
  const bool alpha = !source || babl_format_has_alpha(source);
  const char* encoding = grey ? (alpha ? "Y'A float" : "Y' float") : (alpha ? "R'G'B'A float" : "R'G'B' float");
  const Babl* format = babl_format_with_space(encoding, gegl_operation_get_source_space(operation, "input"));
  gegl_operation_set_format(operation, "input", format);
  gegl_operation_set_format(operation, "output", format);
}

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

// SHA-256 over everything that a result depends on.
std::string cache_key(const PentimentoEngine& engine, const Restoration& job, const Pixels& pixels) {
  g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
  std::string head = std::string(engine.version) + '\n' + job.method + '\n' + std::to_string(pixels.width()) + 'x' +
                     std::to_string(pixels.height()) + 'x' + std::to_string(pixels.channels()) + '\n';
  for (const PentimentoOption& option : job.options)
    head += std::string(option.name) + '=' + (option.text ? option.text : std::to_string(option.number)) + '\n';
  g_checksum_update(sum, reinterpret_cast<const guchar*>(head.data()), head.size());
  g_checksum_update(sum, reinterpret_cast<const guchar*>(pixels.data()), pixels.bytes());
  return g_checksum_get_string(sum);
}

bool has_opaque_pixel(GeglBuffer* buffer, const GeglRectangle& extent) {
  if (!babl_format_has_alpha(gegl_buffer_get_format(buffer))) return true;
  bool found = false;
  GeglBufferIterator* i =
      gegl_buffer_iterator_new(buffer, &extent, 0, babl_format("A float"), GEGL_ACCESS_READ, GEGL_ABYSS_NONE, 1);
  while (gegl_buffer_iterator_next(i)) {
    const auto* alpha = static_cast<const float*>(i->items[0].data);
    for (int n = 0; n < i->length && !found; ++n) found = alpha[n] != 0;
  }
  return found;
}

// GEGL up to 0.4.68 counts the bytes of one get or set in an int, so large pictures go in bands.
template <class Transfer>
void in_bands(const GeglRectangle& area, Transfer transfer) {
  const int rows = std::max(1, (64 << 20) / (area.width * 16 + 1));
  for (int y = 0; y < area.height; y += rows)
    transfer(GeglRectangle{area.x, area.y + y, area.width, std::min(rows, area.height - y)});
}

void write_result(const Pixels& restored, const GeglRectangle& extent, const Babl* space, GeglBuffer* input,
                  GeglBuffer* output, const GeglRectangle& result) {
  const Babl* rgb = babl_format_with_space("R'G'B' float", space);
  in_bands(result, [&](const GeglRectangle& band) {
    gegl_buffer_set(output, &band, 0, rgb, restored.at(band.x - extent.x, band.y - extent.y), restored.rowstride());
  });

  const Babl* format = gegl_buffer_get_format(output);
  if (!babl_format_has_alpha(format)) return;
  const int last = babl_format_get_n_components(format) - 1;
  GeglBufferIterator* i =
      gegl_buffer_iterator_new(output, &result, 0, format, GEGL_ACCESS_READWRITE, GEGL_ABYSS_NONE, 2);
  gegl_buffer_iterator_add(i, input, &result, 0, format, GEGL_ACCESS_READ, GEGL_ABYSS_NONE);
  while (gegl_buffer_iterator_next(i)) {
    auto* to = static_cast<float*>(i->items[0].data);
    const auto* from = static_cast<const float*>(i->items[1].data);
    for (int n = 0; n < i->length; ++n, to += last + 1, from += last + 1) {
      to[last] = from[last];
      if (from[last] == 0)
        for (int c = 0; c < last; ++c) to[c] = from[c];
    }
  }
}

std::string out_of_memory() {
  return _(
      "There is not enough memory for a picture of this size: please close other programs, or work on a part of it.");
}

// What the engine says when it fails without a word.
std::string default_sentence(PentimentoStatus status) {
  switch (status) {
    case PENTIMENTO_BAD_INPUT:
      return _("This picture, or one of the settings, does not suit this operation.");
    case PENTIMENTO_NO_DEVICE:
      return _("There is no usable graphics card: please set the device to auto or cpu.");
    case PENTIMENTO_OUT_OF_MEMORY:
      return out_of_memory();
    default:
      return _("The restoration failed for an unknown reason.");
  }
}

std::string translated(const char* text) {
  return *text ? _(text) : "";  // gettext("") is the catalogue's header
}

struct Outcome {
  ResultCache::Result result;
  std::string error;
};

Outcome run_engine(const PentimentoEngine& engine, const Restoration& job, Pixels& pixels, Watch& watch) {
  static ResultCache cache(kCacheBytes);

  std::string error;
  auto compute = [&]() -> ResultCache::Result {
    auto restored = std::make_shared<Pixels>(pixels.width(), pixels.height(), pixels.channels());
    const PentimentoPicture input = {pixels.width(), pixels.height(), pixels.channels(), pixels.data()};
    PentimentoPicture output = {restored->width(), restored->height(), restored->channels(), restored->data()};
    PentimentoMessages messages = {};
    const PentimentoJob engine_job = {job.method,        &input, 1, job.options.data(), job.options.size(), &output,
                                      &Watch::on_report, &watch};
    const PentimentoStatus status = engine.run(&engine_job, &messages);
    if (status == PENTIMENTO_OK) return {restored, translated(messages.notice), watch.answer() == PENTIMENTO_KEEP};
    if (status != PENTIMENTO_CANCELLED) error = *messages.error ? translated(messages.error) : default_sentence(status);
    return {};
  };
  auto keep_waiting = [&] { return watch.report({0, 0, 0, -1, NAN, nullptr}) != PENTIMENTO_CANCEL; };

  auto result = cache.find_or_compute(cache_key(engine, job, pixels), !watch.watched(), compute, keep_waiting);
  return {std::move(result), std::move(error)};
}

// True while this thread is inside the engine: a handler that evaluates another node would wait for itself.
thread_local bool running = false;

Outcome restore(const Restoration& job, GeglBuffer* input, const GeglRectangle& extent, const Babl* space) {
  if (running)
    return {{},
            _("A handler of the signal \"estimate\" cannot run another restoration: run it after this one has ended.")};
  Outcome outcome;
  const PentimentoEngine* engine = load_engine(&outcome.error);
  if (!engine) return outcome;

  Pixels pixels(extent.width, extent.height, 3);
  const Babl* rgb = babl_format_with_space("R'G'B' float", space);
  in_bands(extent, [&](const GeglRectangle& band) {
    gegl_buffer_get(input, &band, 1.0, rgb, pixels.at(0, band.y - extent.y), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
  });
  Watch watch(job.operation, space);
  running = true;
  struct Done {
    ~Done() { running = false; }
  } done;
  return run_engine(*engine, job, pixels, watch);
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

void whole_picture_class_init(GeglOperationClass* klass) {
  klass->prepare = prepare;
  klass->get_required_for_output = get_required_for_output;
  klass->get_cached_region = get_cached_region;
  klass->get_invalidated_by_change = get_invalidated_by_change;
  klass->process = process;
  klass->threaded = FALSE;
  estimate_signal_class_init(klass);
}

void restore_picture(const Restoration& job, GeglBuffer* input, GeglBuffer* output,
                     const GeglRectangle* result) noexcept {
  Outcome outcome;
  try {
    const GeglRectangle extent = input_extent(job.operation);
    const Babl* space = babl_format_get_space(gegl_buffer_get_format(output));
    if (has_opaque_pixel(input, extent)) outcome = restore(job, input, extent, space);
    if (outcome.result.pixels) write_result(*outcome.result.pixels, extent, space, input, output, *result);
  } catch (const std::bad_alloc&) {
    outcome = {{}, out_of_memory()};
  } catch (const std::exception& e) {
    outcome = {{}, e.what()};
  }
  if (!outcome.result.pixels) gegl_buffer_copy(input, result, GEGL_ABYSS_NONE, output, result);

  const char* name = gegl_operation_get_name(job.operation);
  if (!outcome.error.empty()) g_warning("%s: %s", name, outcome.error.c_str());
  if (!outcome.result.notice.empty()) g_message("%s: %s", name, outcome.result.notice.c_str());
  set_message(job.operation, "error", job.error, outcome.error);
  set_message(job.operation, "notice", job.notice, outcome.result.notice);
}

}  // namespace pentimento
