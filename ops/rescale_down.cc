// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gi18n-lib.h>

#include "enums.h"

#ifdef GEGL_PROPERTIES

// clang-format off

property_enum(scale, _("Factor"), PentimentoScale, pentimento_scale, PENTIMENTO_SCALE_2)
  description(_("How many times narrower and lower the picture becomes"))

property_boolean(keep_details, _("Keep the details"), FALSE)
  description(_("Keep what restoring would lose in the sidecar, so that it gives the picture back bit for bit (in 8 bits a channel); always computed on the processor"))

// clang-format on

#include "run_properties.h"

    // clang-format off

property_file_path(sidecar, _("Sidecar"), "")
  description(_("The file to write what restoring needs to know: the factor, the size, the weights, and the details if they are kept; none if empty"))

property_file_path(weights, _("Weights"), "")
  description(_("The weights of the network, a safetensors file; empty for those that come with Pentimento"))

// clang-format on

#else

#include <string>
#include <vector>

#include "buffers.h"
#include "codes.h"
#include "details.h"
#include "png_size.h"
#include "rescale_note.h"
#include "restoring.h"
#include "result_writer.h"
#include "run_options.h"
#include "scaled_extent.h"
#include "weights_file.h"
#include "whole_picture.h"

#define GEGL_OP_FILTER
#define GEGL_OP_NAME pentimento_rescale_down
#define GEGL_OP_C_SOURCE rescale_down.cc
#include <gegl-op.h>

using namespace pentimento;

static GeglRectangle get_bounding_box(GeglOperation* operation) {
  return shrunk(input_extent(operation), GEGL_PROPERTIES(operation)->scale);
}

static bool is_set(const gchar* path) { return path && *path; }

// Restoring must give the same bits again when the details are added to it.
static PentimentoDevice device(const GeglProperties* o) { return o->keep_details ? PENTIMENTO_DEVICE_CPU : o->device; }

static std::string refusal(const GeglProperties* o, const WeightsFile& weights) {
  if (o->keep_details && !is_set(o->sidecar))
    return _("Say where to keep the details: set sidecar to the file that is to hold them, or keep none.");
  return weights.error;
}

static bool is_grey(const Babl* format) {
  return babl_get_model_flags(babl_format_get_model(format)) & BABL_MODEL_FLAG_GRAY;
}

// What restoring would lose of `input`; empty, and `outcome` says why or is a cancelled one, where it cannot be told.
static std::string details_of(const Restoration& job, const PentimentoEngine& engine, const WeightsFile& weights,
                              GeglBuffer* input, const Codes& small, const Babl* format, Outcome* outcome) {
  const GeglProperties* o = GEGL_PROPERTIES(job.operation);
  const GeglRectangle from = input_extent(job.operation);
  const Babl* space = babl_format_get_space(format);
  const Outcome restored =
      restore_small(engine, job, colors_of(small), small, o->scale, weights, device(o), from.width, from.height, space);
  if (!restored.result.pixels && restored.error.empty()) *outcome = {};
  outcome->error = restored.error;
  if (restored.result.early)
    outcome->add_notice(_("The run was stopped before the details were complete, so none are kept."));
  if (!restored.result.pixels || restored.result.early) return "";

  const Codes original = fetch_codes(input, from, space);
  const bool alpha = babl_format_has_alpha(format);
  const std::string details =
      pack_details(original, foretold(*restored.result.pixels, small, o->scale), is_grey(format), alpha);
  g_autofree gchar* of_details = g_format_size(details.size());
  g_autofree gchar* of_png = g_format_size(png_size(small, is_grey(format), alpha));
  g_autofree gchar* sizes =
      g_strdup_printf(_("The details take %s; the small picture has %d x %d pixels (about %s as a PNG)."), of_details,
                      small.width, small.height, of_png);
  outcome->add_notice(sizes);
  return details;
}

// Writes the sidecar of what is in `output` now. What fails here is an error, but the small picture is as good as ever.
static void keep(const Restoration& job, const PentimentoEngine& engine, const WeightsFile& weights, GeglBuffer* input,
                 GeglBuffer* output, Outcome* outcome) {
  const GeglProperties* o = GEGL_PROPERTIES(job.operation);
  const GeglRectangle from = input_extent(job.operation);
  const Babl* format = gegl_buffer_get_format(output);
  const Codes small = fetch_codes(output, output_extent(job.operation), babl_format_get_space(format));
  std::string details;
  if (o->keep_details) details = details_of(job, engine, weights, input, small, format, outcome);
  if (!outcome->result.pixels) return;
  const RescaleNote note = {o->scale, from.width, from.height, weights.mark, small_mark(small)};
  const std::string error = write_sidecar(o->sidecar, note, details);
  if (error.empty()) return;
  outcome->error = error;
  outcome->result.notice = "";
}

static Outcome shrink(const Restoration& job, const WeightsFile& weights, GeglBuffer* input, GeglBuffer* output,
                      const GeglRectangle& area) {
  const GeglRectangle from = input_extent(job.operation), to = output_extent(job.operation);
  const Babl* format = gegl_buffer_get_format(output);
  const Babl* space = babl_format_get_space(format);
  Outcome outcome;
  const PentimentoEngine* engine = engine_for_run(&outcome.error);
  if (!engine) return outcome;
  std::vector<Pixels> inputs;
  inputs.push_back(fetch_picture(input, from, space));
  if (babl_format_has_alpha(format)) fill_hidden(&inputs[0], fetch_codes(input, from, space));
  outcome = run_engine(*engine, job, inputs, to.width, to.height, space);
  if (!outcome.result.pixels) return outcome;
  inputs.clear();

  copy_through(input, from, output, to, area, job.magnification);
  write_over({*outcome.result.pixels, nullptr, to, {}}, output, area);
  round_to_codes(output, to);
  if (is_set(GEGL_PROPERTIES(job.operation)->sidecar)) keep(job, *engine, weights, input, output, &outcome);
  return outcome;
}

static gboolean process(GeglOperation* operation, GeglBuffer* input, GeglBuffer* output, const GeglRectangle* result,
                        gint) {
  GeglProperties* o = GEGL_PROPERTIES(operation);
  const WeightsFile weights = rescaling_weights(o->weights, o->scale);
  const Restoration job = {.operation = operation,
                           .method = "rescale-down",
                           .options = run_options(device(o), {{"scale", static_cast<double>(o->scale), nullptr},
                                                              {"weights", 0, weights.path.c_str()}}),
                           .error = &o->error,
                           .notice = &o->notice,
                           .refusal = refusal(o, weights),
                           .magnification = 1.0 / static_cast<int>(o->scale),
                           .weights = weights.mark};
  run_guarded(job, input, output, result, [&] { return shrink(job, weights, input, output, *result); });
  return TRUE;
}

static void gegl_op_class_init(GeglOpClass* klass) {
  GeglOperationClass* operation_class = GEGL_OPERATION_CLASS(klass);

  whole_picture_class_init(operation_class);
  operation_class->get_bounding_box = get_bounding_box;
  GEGL_OPERATION_FILTER_CLASS(klass)->process = process;

  gegl_operation_class_set_keys(
      operation_class, "name", "pentimento:rescale-down", "title", _("Shrink Restorably (Invertible Rescaling)"),
      "categories", "enhance:restoration", "license", "GPL3+", "op-version", "1:0", "description",
      _("Shrink a picture 2 or 4 times so that rescale-up can restore it far better than any enlarging could. Save the "
        "small picture without loss (PNG, TIFF, lossless WebP), and do not edit it. The sidecar keeps what restoring "
        "needs to know, and on request what it would lose."),
      nullptr);
}

#endif
