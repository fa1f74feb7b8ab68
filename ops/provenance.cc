// SPDX-License-Identifier: GPL-3.0-or-later
#include <glib/gi18n-lib.h>

#include "enums.h"

#ifdef GEGL_PROPERTIES

// clang-format off

property_enum(made_by, _("Made by"), PentimentoMadeBy, pentimento_made_by, PENTIMENTO_MADE_BY_ANYTHING)
  description(_("What made the result of the original: of a filter that is known more can be measured"))

property_int(seeds, _("Random seeds"), 0)
  description(_("With how many random seeds to repeat the restoration, quickly, to see where the results disagree; 0 for none"))
  value_range(0, 8)

property_enum(output, _("Output"), PentimentoProvenanceOutput, pentimento_provenance_output, PENTIMENTO_PROVENANCE_PICTURE)
  description(_("Show the result with what was invented in the signal color, the signal color alone, as opaque as the share invented, or the shares retained, extracted and invented as red, green and blue"))

property_color(color, _("Signal color"), "#ff00ff")
  description(_("The color of what was invented"))

// clang-format on

#include "run_properties.h"

    // clang-format off

property_file_path(weights, _("Weights"), "")
  description(_("The weights that the result was restored with, a safetensors file; empty for those that come with Pentimento"))

property_file_path(report, _("Report"), "")
  description(_("The file to write the measured numbers to, as JSON; none if empty"))

// clang-format on

#else

#include <algorithm>
#include <cmath>
#include <optional>
#include <ranges>
#include <string>
#include <vector>

#include "buffers.h"
#include "codes.h"
#include "report.h"
#include "result_writer.h"
#include "run_options.h"
#include "verdict.h"
#include "weights_file.h"
#include "whole_picture.h"

#define GEGL_OP_COMPOSER
#define GEGL_OP_NAME pentimento_provenance
#define GEGL_OP_C_SOURCE provenance.cc
#include <gegl-op.h>

using namespace pentimento;

static void prepare(GeglOperation* operation) {
  prepare_formats(operation);
  const PentimentoProvenanceOutput output = GEGL_PROPERTIES(operation)->output;
  const Babl* input = gegl_operation_get_format(operation, "input");
  const bool grey = babl_get_model_flags(babl_format_get_model(input)) & BABL_MODEL_FLAG_GRAY;
  if (output == PENTIMENTO_PROVENANCE_PICTURE && !grey) return;
  // Marks have a colour where the picture has none.
  const bool alpha = output == PENTIMENTO_PROVENANCE_LAYER || babl_format_has_alpha(input);
  gegl_operation_set_format(
      operation, "output",
      babl_format_with_space(alpha ? "R'G'B'A float" : "R'G'B' float", babl_format_get_space(input)));
}

// Where the original of the result at `extent` lies: in the same place as a part of aux; else all of aux, of the same
// size or smaller by a whole factor. Nothing where it is neither.
static std::optional<GeglRectangle> original_extent(GeglOperation* operation, const GeglRectangle& extent) {
  const GeglRectangle* aux = gegl_operation_source_get_bounding_box(operation, "aux");
  if (!aux || gegl_rectangle_is_empty(aux)) return {};
  if (gegl_rectangle_contains(aux, &extent)) return extent;
  for (int factor = 1; factor <= 8; ++factor)
    if ((extent.width - 1) / factor + 1 == aux->width && (extent.height - 1) / factor + 1 == aux->height) return *aux;
  return {};
}

static GeglRectangle get_required_for_output(GeglOperation* operation, const gchar* pad, const GeglRectangle* roi) {
  const GeglRectangle extent = input_extent(operation);
  if (!is_picture(extent)) return *roi;
  return g_str_equal(pad, "aux") ? original_extent(operation, extent).value_or(extent) : extent;
}

static std::string refusal(GeglOperation* operation, const GeglBuffer* aux, const WeightsFile& weights) {
  const GeglRectangle* box = gegl_operation_source_get_bounding_box(operation, "aux");
  if (!box || gegl_rectangle_is_empty(box)) return _("The original is missing: please connect it to aux.");
  if (!aux || !original_extent(operation, input_extent(operation)))
    return _(
        "The original does not fit the result: it must have the same size, or be smaller by a whole factor, 2 to "
        "8.");
  const gchar* report = GEGL_PROPERTIES(operation)->report;
  const std::string unwritable = report && *report ? report_refusal(report) : "";
  return unwritable.empty() ? weights.error : unwritable;
}

// Says what the figures mean, and writes the report of them. Empty, or one sentence why it cannot be written.
static std::string tell(const gchar* report, ResultCache::Result* result) {
  const std::vector<std::string> sentences = verdict(result->figures);
  std::string notice;
  for (const std::string& sentence : sentences | std::views::take(2)) notice += sentence + ' ';
  notice += result->notice;
  if (notice.ends_with(' ')) notice.pop_back();
  result->notice = notice;
  return report && *report ? write_report(report, result->figures, sentences) : "";
}

// Both pictures. What alpha hides must make no difference: in the original it is like what is near, in the result it is
// as in the original. What only the result shows is never the original's own, even if it is like what is near.
static std::vector<Pixels> fetch_both(GeglBuffer* input, const GeglRectangle& extent, GeglBuffer* aux,
                                      const GeglRectangle& from, const Babl* space) {
  std::vector<Pixels> both;
  both.push_back(fetch_picture(input, extent, space));
  both.push_back(fetch_picture(aux, from, space));
  const auto has_alpha = [](GeglBuffer* buffer) { return babl_format_has_alpha(gegl_buffer_get_format(buffer)); };
  if (!has_alpha(input) && !has_alpha(aux)) return both;
  const Codes shown = fetch_codes(input, extent, space), known = fetch_codes(aux, from, space);
  fill_hidden(&both[1], known);
  if (extent.width != from.width || extent.height != from.height) {
    fill_hidden(&both[0], shown);
    return both;
  }
  for (gsize p = 0; p < shown.pixels(); ++p) {
    float *result = both[0].data() + 3 * p, *original = both[1].data() + 3 * p;
    if (shown.samples[4 * p + 3] == 0)
      std::copy_n(original, 3, result);
    else if (known.samples[4 * p + 3] == 0 && std::equal(original, original + 3, result))
      original[0] += 1 / 255.0f;
  }
  return both;
}

// The result with the signal colour over it, by the share invented of each pixel; alpha stays.
static void write_picture(const Pixels& result, const Pixels& shares, const float* color, GeglBuffer* output,
                          const GeglRectangle& extent, const GeglRectangle& area) {
  Pixels marked(result.width(), result.height(), 3);
  for (gsize i = 0; i < marked.bytes() / sizeof(float); ++i) {
    const float share = shares.data()[i - i % 3 + 2];
    marked.data()[i] = share == 0 ? result.data()[i] : std::lerp(result.data()[i], color[i % 3], share);
  }
  write_over({marked, &result, extent, {}}, output, area);
}

// The signal colour, as opaque as the share invented and the result together.
static void write_layer(GeglBuffer* input, const Pixels& shares, const float* color, GeglBuffer* output,
                        const GeglRectangle& extent) {
  const Babl* rgba = babl_format_with_space("R'G'B'A float", babl_format_get_space(gegl_buffer_get_format(output)));
  std::vector<float> pixels;
  in_bands(extent, [&](const GeglRectangle& band) {
    pixels.resize(gsize{4} * band.width * band.height);
    gegl_buffer_get(input, &band, 1.0, rgba, pixels.data(), GEGL_AUTO_ROWSTRIDE, GEGL_ABYSS_NONE);
    const float* share = shares.at(0, band.y - extent.y) + 2;
    for (gsize p = 0; p < pixels.size() / 4; ++p) {
      std::copy_n(color, 3, &pixels[4 * p]);
      pixels[4 * p + 3] *= share[3 * p];
    }
    gegl_buffer_set(output, &band, 0, rgba, pixels.data(), GEGL_AUTO_ROWSTRIDE);
  });
}

static Outcome trace(const Restoration& job, GeglBuffer* input, GeglBuffer* aux, GeglBuffer* output,
                     const GeglRectangle& area) {
  const GeglProperties* o = GEGL_PROPERTIES(job.operation);
  const GeglRectangle extent = input_extent(job.operation);
  const GeglRectangle from = *original_extent(job.operation, extent);
  const Babl* space = babl_format_get_space(gegl_buffer_get_format(output));
  if (!has_opaque_pixel(input, extent)) return {};
  Outcome outcome;
  const PentimentoEngine* engine = engine_for_run(&outcome.error);
  if (!engine) return outcome;

  std::vector<Pixels> inputs = fetch_both(input, extent, aux, from, space);
  outcome = run_engine(*engine, job, inputs, extent.width, extent.height, space);
  if (!outcome.result.pixels) return outcome;
  inputs.pop_back();
  if (const std::string error = tell(o->report, &outcome.result); !error.empty()) return {{}, error};

  const Pixels& shares = *outcome.result.pixels;
  float color[3] = {1, 0, 1};
  if (o->color) gegl_color_get_pixel(o->color, babl_format_with_space("R'G'B' float", space), color);
  if (o->output == PENTIMENTO_PROVENANCE_LAYER) {
    write_layer(input, shares, color, output, extent);
    return outcome;
  }
  copy_through(input, extent, output, extent, area, job.magnification);
  if (o->output == PENTIMENTO_PROVENANCE_PICTURE)
    write_picture(inputs[0], shares, color, output, extent, area);
  else
    write_over({shares, nullptr, extent, {}}, output, area);
  return outcome;
}

static gboolean process(GeglOperation* operation, GeglBuffer* input, GeglBuffer* aux, GeglBuffer* output,
                        const GeglRectangle* result, gint) {
  GeglProperties* o = GEGL_PROPERTIES(operation);
  const std::string maker = nick(pentimento_made_by_get_type(), o->made_by);
  WeightsFile weights;
  if (maker.starts_with("restore-")) weights = find_weights(o->weights, maker + ".safetensors");
  const Restoration job = {.operation = operation,
                           .method = "provenance",
                           .options = run_options(o->device, {{"made-by", 0, maker.c_str()},
                                                              {"seeds", static_cast<double>(o->seeds), nullptr},
                                                              {"weights", 0, weights.path.c_str()}}),
                           .error = &o->error,
                           .notice = &o->notice,
                           .refusal = refusal(operation, aux, weights),
                           .weights = weights.mark};
  run_guarded(job, input, output, result, [&] { return trace(job, input, aux, output, *result); });
  return TRUE;
}

static void gegl_op_class_init(GeglOpClass* klass) {
  GeglOperationClass* operation_class = GEGL_OPERATION_CLASS(klass);

  whole_picture_class_init(operation_class);
  operation_class->prepare = prepare;
  operation_class->get_required_for_output = get_required_for_output;
  GEGL_OPERATION_COMPOSER_CLASS(klass)->process = process;

  gegl_operation_class_set_keys(
      operation_class, "name", "pentimento:provenance", "title", _("Show What Was Invented (Information Flow)"),
      "categories", "enhance:restoration", "license", "GPL3+", "op-version", "1:0", "description",
      _("Show how much of a restored picture was retained from the original, how much was extracted from it, and how "
        "much was invented: where, and how much in each band of detail. Works on any two pictures, whatever made the "
        "one of the other."),
      nullptr);
}

#endif
